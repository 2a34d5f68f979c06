"""Writes READMEs: `write_readme(path)` gives a Readme whose statements carry their evidence."""

from moxi_infer.write import compose, write_readme

__all__ = ["compose", "write_readme"]
