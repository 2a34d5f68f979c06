"""Regular expressions that are compiled when they are first used.

The readers of all ecosystems hold hundreds of them, of which a run needs a few dozen; compiling all
at import would be a third of the time that a small repository takes.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _LazyPattern:
    """Stands in for a compiled pattern; each method is looked up once and then kept."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = self.__dict__.get("_compiled")
        if compiled is None:
            compiled = self._compiled = re.compile(self._source, self._flags)
        value = getattr(compiled, name)
        setattr(self, name, value)
        return value


def lazy_pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile(source, flags)`, done at the first use.

    Only for methods of the pattern itself: `re.sub(pattern, …)` wants a compiled one.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(source, flags))
