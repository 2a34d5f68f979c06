"""Sections drafted by a model: asked for, taken apart, judged, and joined with what facts say."""
