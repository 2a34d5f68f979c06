"""A stand-in for vLLM at the wire: what its server answers, and how it ends."""
