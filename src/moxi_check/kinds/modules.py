"""Python modules that commands run: `python -m demo.server`, `uvicorn demo.app:create`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import operands, part_of
from moxi_check.kinds.tools import is_python
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_DOTTED = lazy_pattern(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "daphne", "granian"})


@dataclass(frozen=True, slots=True)
class Module:
    """A module in a command; `runs` where it must be a program of its own."""

    word: Word
    runs: bool = True


def named(words: tuple[Word, ...]) -> Iterator[Module]:
    """The modules that a command names."""
    if not words:
        return
    if is_python(words[0].text):
        at = next((n for n, word in enumerate(words[:4]) if word.text == "-m"), 0)
        yield from (Module(word) for word in words[at + 1 : at + 2] if at)
    elif words[0].text in _SERVERS:
        for word in operands(words[1:])[:1]:
            if ":" in word.text:
                yield Module(part_of(word, word.text.partition(":")[0]), runs=False)


def judge(module: Module, here: list[str], ground: Ground) -> Claim | None:
    """The verdict on a module; None where it may come from elsewhere."""
    word = module.word
    if not _DOTTED.fullmatch(word.text) or not here:
        return None
    parts = word.text.split(".")
    roots = [
        posixpath.join(folder, inner) for folder in here for inner in ("", "src", "lib", "python")
    ]
    roots = [root.rstrip("/") for root in roots]
    for root in roots:
        path = posixpath.join(root, *parts)
        endings = (
            (".py", "/__main__.py", "/__init__.py") if not module.runs else (".py", "/__main__.py")
        )
        found = next((path + end for end in endings if ground.has(path + end)), "")
        if found:
            return true("run", word, Evidence(path=found))
    tops = [posixpath.join(root, parts[0]) for root in roots]
    top = next((top for top in tops if ground.has(top + "/__init__.py")), "")
    if not top:
        return _unknown(word, parts, roots, ground)
    inner = posixpath.join(top, *parts[1:])
    if inner in ground.repo.folders or any(
        ground.has(inner + end) for end in (".pyx", ".so", ".pyi", ".c")
    ):
        return not_judged("run", word, "the package may be run in ways that are not read")
    siblings = _modules(posixpath.dirname(inner), ground)
    best = nearest(parts[-1], siblings)
    whole = ".".join([*parts[:-1], best]) if best else ""
    hint = f"; did you mean `{whole}`?" if whole else ""
    return false(
        "run", word, f"there is no module `{word.text}`{hint}", suggestion=whole,
        evidence=Evidence(path=top + "/__init__.py"), certain=is_slip(parts[-1], best),
    )  # fmt: skip


def _unknown(word: Word, parts: list[str], roots: list[str], ground: Ground) -> Claim | None:
    """A module of no own package: another project's, unless it is a slip of an own name."""
    known = {name for root in roots for name in _modules(root, ground)}
    best = next((name for name in sorted(known) if is_slip(parts[0], name)), "")
    if not best or ground.mention(parts[0]) is not None:
        return None
    whole = ".".join([best, *parts[1:]])
    return false(
        "run", word, f"there is no module `{parts[0]}`; did you mean `{best}`?", suggestion=whole,
        certain=True,
    )  # fmt: skip


def _modules(folder: str, ground: Ground) -> list[str]:
    """Names of modules and packages directly in a folder."""
    files = [path for path in ground.repo.inside(folder) if path.endswith(".py")]
    names = [posixpath.basename(path)[:-3] for path in files]
    names += [
        posixpath.basename(posixpath.dirname(path))
        for path in ground.repo.files
        if path.endswith(("/__init__.py", "/__main__.py"))
        and posixpath.dirname(posixpath.dirname(path)) == folder
    ]
    return [name for name in names if not name.startswith("__")]
