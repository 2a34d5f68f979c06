"""READMEs become sections, instructions and training samples."""
