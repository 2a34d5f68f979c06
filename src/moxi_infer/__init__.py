"""Writes READMEs: `write_readme(path)` gives a Readme whose statements carry their evidence.

With a model: `write_readme(path, model=ModelSettings(model="...", base_url="..."))`, where ModelSettings is of
`moxi_infer.models`; `Readme.writer` then tells what became of its drafts.
"""

from moxi_infer.write import compose, write_readme

__all__ = ["compose", "write_readme"]
