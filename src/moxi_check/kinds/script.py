"""Scripts that package managers run: `npm run build`, `composer test`, `pdm run lint`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_analyzer.manifests.npm_scripts import OWN_COMMANDS
from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.declared import Declared, scripts_of
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import Told, is_foreign, operands, scopes, told, values_of
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"script": "a script that a package manager is told to run is declared in a manifest"}

_OURS = lazy_pattern(
    r"(?i)\b(?:develop\w*|contribut\w+|build\w*|compil\w+|test\w*|hack\w*|local\w*|from source|run(?:ning)?|"
    r"release|deploy\w*|lint\w*|scripts)\b"
)
_NODE = frozenset({"npm", "yarn", "pnpm", "bun"})
_VALUES = frozenset(
    "-w --workspace --prefix -C --dir --cwd --filter -F --script-shell -e --environment -p".split()
)
# `npm test` and the like are scripts; `bun test` and `bun build` are bun's own.
_SHORT = {
    "npm": frozenset({"test", "start", "stop", "restart", "t", "tst"}),
    "pnpm": frozenset({"test", "start", "stop", "t"}),
    "yarn": frozenset({"test", "start"}),
}
_ALIASES = {"t": "test", "tst": "test"}
# Words that name scripts and hardly ever programs: `yarn develop`.
_USUAL = frozenset(
    "dev develop start serve build compile bundle test tests testing lint linting format watch clean deploy docs "
    "release preview check typecheck coverage generate setup bootstrap storybook e2e migrate seed".split()
)
_OWN = {
    "composer": frozenset(
        "about archive audit browse bump check-platform-reqs clear-cache clearcache cc completion config "
        "create-project depends diagnose dump-autoload dumpautoload exec fund global help home i info init "
        "install licenses list outdated prohibits reinstall remove require rm run run-script search self-update "
        "selfupdate show status suggests u update upgrade validate why why-not r req".split()
    ),
    "cargo": frozenset(
        "add b bench binstall build c check clean clippy d deny doc expand fetch fix fmt fuzz generate info init "
        "install llvm-cov locate-project login logout make metadata miri new nextest outdated owner package "
        "publish r remove report run rustc rustdoc search t test tree uninstall update vendor version watch "
        "yank".split()
    ),
    "mix": frozenset(
        "app.config app.start app.tree archive archive.install cmd compile deps deps.clean deps.compile deps.get "
        "deps.tree deps.unlock deps.update dialyzer docs do escript escript.build escript.install eval format "
        "help hex hex.info hex.outdated hex.publish iex loadconfig local local.hex local.rebar new profile "
        "release run test test.coverage xref".split()
    ),
}


_BANNER = lazy_pattern(r"v\d+(?:\.\d+)+")  # `yarn run v1.22.19` is what yarn prints of itself


@dataclass(frozen=True, slots=True)
class _Call:
    """A script that is run. `sure` where it can be nothing but a script."""

    tool: str
    word: Word
    sure: bool = True


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Scripts named in commands of code blocks and code spans."""
    known: dict[str, Declared] = {}
    for said in told(document):
        for call in _calls(said.words):
            name = call.word.text
            if not call.word.is_plain or name.startswith((".", "/")) or _BANNER.fullmatch(name):
                continue
            if call.tool not in known:
                known[call.tool] = scripts_of(ground, call.tool)
            claim = _judge(said, call, known[call.tool], document, ground)
            if claim is not None:
                yield claim


def _calls(words: tuple[Word, ...]) -> Iterator[_Call]:
    name = words[0].text if words else ""
    rest = operands(words[1:], _VALUES)
    first = rest[0].text if rest else ""
    if name in _NODE:
        yield from _node(name, rest)
    elif name == "node":
        yield from (_Call("node", word) for word in values_of(words, "--run"))
    elif name == "composer" and first in {"run", "run-script"}:
        yield from (_Call("composer", word) for word in rest[1:2])
    elif name == "deno" and first == "task":
        yield from (_Call("deno", word) for word in rest[1:2])
    elif name in {"pdm", "rye", "hatch"} and first == "run":
        yield from (_Call(name, word, sure=False) for word in rest[1:2])
    elif name in {"uv", "poetry"} and [word.text for word in rest[:2]] == ["run", "poe"]:
        yield from (_Call("poe", word) for word in rest[2:3])
    elif name == "poe":
        yield from (_Call("poe", word) for word in rest[:1])
    elif name in _OWN and first and first not in _OWN[name]:
        yield _Call(name, rest[0], sure=False)


def _node(manager: str, rest: list[Word]) -> Iterator[_Call]:
    first = rest[0].text if rest else ""
    if first in {"run", "run-script"}:
        # `bun run index.ts` runs a file.
        if len(rest) > 1 and not (manager == "bun" and re.search(r"[./]", rest[1].text)):
            yield _Call("node", rest[1])
    elif first == "workspace" and manager == "yarn":
        yield from _node(manager, rest[2:])
    elif first in _SHORT.get(manager, ()):
        yield _Call("node", rest[0])
    elif manager in OWN_COMMANDS and first and first not in OWN_COMMANDS[manager]:
        yield _Call("node", rest[0], sure=first in _USUAL or ":" in first)


def _judge(
    said: Told, call: _Call, known: Declared, document: Document, ground: Ground
) -> Claim | None:
    word, name = call.word, _ALIASES.get(call.word.text, call.word.text)
    here = scopes(said, document, ground)
    place = known.place(name, here)
    if place is not None:
        return true("script", word, place)
    if call.tool == "node" and (
        name == "env" or (name == "restart" and known.place("start", here))
    ):
        return None  # npm has these itself
    best = nearest(name, known.names)
    is_program = bool(ground.named("dependency", name) or ground.named("bin", name))
    if is_program or (not call.sure and not (best and is_slip(name, best))):
        return None  # a program of a dependency, as likely as not
    if not known.names or not known.is_whole:
        return not_judged("script", word, "the repository declares no scripts that can all be read")
    if is_foreign(said, ground) or not here:
        return not_judged("script", word, "it is run in another project or folder")
    if name in {"start", "restart", "stop"} and any(
        ground.has(f"{f}/server.js".lstrip("/")) for f in here
    ):
        return true("script", word, reason="npm starts `server.js` where no script does")
    if _is_shown(name, document):
        return not_judged("script", word, "the page shows it as a script of the reader's own")
    if not best and not any(_OURS.search(title) for title in said.section):
        return not_judged("script", word, "it may be a script of the reader's own project")
    seen = ground.mention(name) if re.search(r"\W", name) else None
    if seen is not None:
        return not_judged("script", word, f"no manifest declares it, but {seen} names it")
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "script", word, f"no manifest of the repository declares a script `{name}`{hint}",
        suggestion=best, evidence=known.place(best, here) if best else Evidence(path=known.files[0]),
        certain=bool(best) and is_slip(name, best),
    )  # fmt: skip


def _is_shown(name: str, document: Document) -> bool:
    """Whether a code block of the page declares the script: `"build": "…"`."""
    declared = re.compile(rf"[\"']{re.escape(name)}[\"']\s?:")
    return any(declared.search(block.text) for block in document.blocks)
