"""Whether a text names what the code shown with it holds: else it would teach to make things up."""

from __future__ import annotations

import re
from functools import cached_property

from moxi_core.patterns import lazy_pattern
from moxi_core.samples import ReadmeSample

MIN_NAMES = 6  # fewer tell nothing
MIN_SHARE = 0.3  # of the names; much of a page is shell, prose and values of examples
_CODE = lazy_pattern(r"`([^`\n]{2,80})`")
_FENCED = lazy_pattern(r"^\s{0,3}(`{3,}|~{3,})[^\n]*\n(.*?)^\s{0,3}\1", re.DOTALL | re.MULTILINE)
_NAME = lazy_pattern(r"--?[A-Za-z][\w-]+|[A-Za-z_][\w]*(?:[-_]\w+)*")
# Words of any shell and any language say nothing of this code.
_COMMON = frozenset(
    "the and for with import from install run use using npm pip git clone cd sudo docker build test true false null "
    "none const let var def class function return new public static void int string self this if else then echo "
    "https http com org github www package require include main args export async await print console log".split()
)


class Shown:
    """The words of all that a model is shown of a repository."""

    def __init__(self, sample: ReadmeSample) -> None:
        self._sample = sample

    @cached_property
    def _words(self) -> frozenset[str]:
        sample = self._sample
        parts = [*sample.file_tree, sample.repo, sample.owner, sample.description]
        parts += [file.content or file.summary for file in sample.key_files]
        parts += [fact.value for fact in sample.facts]
        return frozenset(w.lower().lstrip("-") for part in parts for w in _NAME.findall(part))

    def holds(self, text: str) -> bool:
        """Whether enough of the names in the code of a text are in the code shown."""
        found = _FENCED.findall(text)
        code = [inner for _, inner in found] + _CODE.findall(_FENCED.sub("", text))
        names = {w.lower().lstrip("-") for part in code for w in _NAME.findall(part)}
        names = {name for name in names if len(name) > 2} - _COMMON
        if len(names) < MIN_NAMES:
            return True
        return sum(name in self._words for name in names) >= MIN_SHARE * len(names)
