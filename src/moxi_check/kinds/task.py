"""Targets and tasks: `make build`, `just test`, `tox -e lint`, `rake spec`, `./gradlew run`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.declared import Declared
from moxi_check.kinds.makefiles import Makefiles
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import (
    Told,
    is_foreign,
    operands,
    own_programs,
    part_of,
    scopes,
    told,
    unwrapped,
    values_of,
)
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {
    "make_target": "a target that make is told to build is in a Makefile",
    "task": "a task, recipe, session or environment of a task runner is declared",
}

_MAKE_VALUES = frozenset("-C -f -I -j -l -o -W --directory --file --jobs --makefile".split())
_NAME = lazy_pattern(r"[A-Za-z_][\w.:+/-]*")
_SEVERAL = lazy_pattern(
    r"[A-Za-z]\w*(?:-\w+)+(?:/\w+){2,}"
)  # `test-one/two/three` stands for three of them
_NEAR = 8  # lines below what writes a Makefile that `make` may read it on
# What writes a Makefile.
_WRITERS = frozenset(
    "configure autogen.sh bootstrap bootstrap.sh autoreconf phpize cmake ccmake qmake qmake6 premake5 meson "
    "extconf.rb config Configure".split()
)
_PYTHON_FACTOR = lazy_pattern(r"(?:py|pypy)\d?[\d.]*t?(?:-.*)?|\d\.\d+")
# Where a file of the runner is, by which one knows that the repository uses it.
_FILES = {
    "just": lazy_pattern(r"(?:^|/)\.?justfile$", re.IGNORECASE),
    "task": lazy_pattern(r"(?:^|/)taskfile(?:\.dist)?\.ya?ml$", re.IGNORECASE),
    "tox": lazy_pattern(r"(?:^|/)(?:tox\.ini|tox\.toml|setup\.cfg|pyproject\.toml)$"),
    "nox": lazy_pattern(r"(?:^|/)noxfile\.py$"),
    "rake": lazy_pattern(r"(?:^|/)rakefile(?:\.rb)?$", re.IGNORECASE),
    "invoke": lazy_pattern(r"(?:^|/)tasks\.py$"),
    "mage": lazy_pattern(r"(?:^|/)magefiles?[./]"),
    "gradle": lazy_pattern(r"(?:^|/)build\.gradle(?:\.kts)?$"),
    "mise": lazy_pattern(r"(?:^|/)\.?mise(?:/config)?\.toml$"),
    "ant": lazy_pattern(r"(?:^|/)build\.xml$"),
    "bb": lazy_pattern(r"(?:^|/)bb\.edn$"),
}
# Those whose tasks may come from plugins or code that no one reads: never false without a near name.
_OPEN = frozenset({"rake", "gradle", "invoke", "nox", "ant", "mage", "mise", "bb"})
_BUILT_IN = {
    "gradle": frozenset(
        "build clean test check assemble run jar tasks help dependencies init wrapper publish publishToMavenLocal "
        "install installDist bootRun bootJar shadowJar javadoc classes spotlessApply spotlessCheck ktlintCheck "
        "ktlintFormat detekt dokkaHtml runIde buildPlugin assembleDebug assembleRelease installDebug "
        "connectedAndroidTest lint jacocoTestReport distZip distTar apiDump apiCheck".split()
    ),
    "rake": frozenset("build install release clean clobber spec test default".split()),
    "tox": frozenset({"ALL"}),
}
# A line of settings of tox for some factors alone; the list of environments, over several lines.
_CONDITION = lazy_pattern(r"(?m)^[ \t]+([\w!{},.-]+):(?=\s)")
_ENV_LIST = lazy_pattern(r"(?m)^env_?list[ \t]*=((?:[^\n]*\n)(?:[ \t]+[^\n]*\n)*)")
# How the files of a runner begin the definition of NAME.
_CODE = r"(?:\b(?:task|register|creating|multitask|file|def|func|alias)\b\W{1,3}|\bname\s?=\s?[\"'])(?i:NAME)\b"
_DEFINES = {
    "just": r"^(?:@?|alias\s+)NAME(?:\s[^=]{0,200})?\s*:",
    "task": r"^\s+[\"']?NAME[\"']?\s*:",
    "tox": r"(?:^\[testenv:|^\[(?:tool\.tox\.)?env\.|^\s*env_?list\s*=|^[\s\w.,{}-]+$).*(?<![\w-])NAME(?![\w-])",
    "nox": _CODE,
    "rake": _CODE,
    "invoke": _CODE,
    "mage": _CODE,
    "gradle": _CODE,
    "mise": r"^\s*(?:\[tasks\.)?[\"']?NAME[\"']?\s*(?:=|\])",
    "ant": r"<target\b[^>]{0,200}name=\"NAME\"",
    "bb": r"(?<![\w-])NAME(?![\w-])",
}
_AUTOMAKE = frozenset(
    "all install uninstall check clean distclean dist distcheck installcheck install-strip mostlyclean html "
    "maintainer-clean installdirs pdf".split()
)
_VALUES = frozenset(
    "-f --file --justfile -d --dir --working-directory -C --chdir --set -t --taskfile -p --project-dir -x "
    "--exclude-task -P -c --conf -n --parallel".split()
)


@dataclass(frozen=True, slots=True)
class _Call:
    tool: str
    word: Word


def _is_name(word: str) -> bool:
    """Whether a word may be the name of one target or task."""
    return bool(_NAME.fullmatch(word)) and not _SEVERAL.fullmatch(word)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Targets and tasks named in commands."""
    makefiles: Makefiles | None = None
    known: dict[str, Declared] = {}
    everything = list(told(document))
    configured = {
        (said.section, said.words[0].line + below)
        for said in everything
        if said.words and posixpath.basename(said.command.name) in _WRITERS
        for below in range(_NEAR)
    }
    for said in everything:
        words = unwrapped(said.words)
        if words and posixpath.basename(words[0].text) in {
            "make",
            "gmake",
            "nmake",
            "mingw32-make",
        }:
            makefiles = makefiles or Makefiles(ground)
            yield from _make(said, words, makefiles, configured, document, ground)
            continue
        for call in _calls(words):
            if call.tool in own_programs(ground):
                continue  # the page teaches the runner: its tasks are examples
            if call.tool not in known:
                known[call.tool] = _tasks(ground, call.tool)
            claim = _task(said, call, known[call.tool], document, ground)
            if claim is not None:
                yield claim


def _make(
    said: Told,
    words: tuple[Word, ...],
    makefiles: Makefiles,
    configured: set[tuple[tuple[str, ...], int]],
    document: Document,
    ground: Ground,
) -> Iterator[Claim]:
    """Targets of one command; on the lines `configured`, another tool has just written the Makefile."""
    folders = [value.text for value in values_of(words, "-C", "--directory")]
    foreign = any(values_of(words, "-f", "--file", "--makefile")) or any(
        folder not in ground.repo.folders for folder in folders
    )
    declared = makefiles.declared
    if not declared.files or (said.is_inline and not _has_target_form(said, words)):
        return
    here = folders or scopes(said, document, ground)
    for word in operands(words[1:], _MAKE_VALUES):
        name = word.text
        if "=" in name or name.isdigit() or not word.is_plain or not _is_name(name):
            continue
        place = declared.place(name, here)
        if place is not None:
            yield true("make_target", word, place)
        elif name in _AUTOMAKE and (made := _generated(here, ground)):
            yield true(
                "make_target", word, Evidence(path=made), "a target of every generated Makefile"
            )
        elif makefiles.matches(name):
            yield not_judged("make_target", word, "a pattern rule may make it")
        elif _OF_KERNELS.fullmatch(name):
            yield not_judged("make_target", word, "a target of the kernel's own Makefile")
        elif foreign or not here or is_foreign(said, ground) or not _has_makefile(here, makefiles):
            yield not_judged("make_target", word, "no Makefile is in the folder it is run in")
        elif (
            not declared.is_whole
            or _generated(here, ground)
            or (said.section, word.line) in configured
        ):
            yield not_judged(
                "make_target", word, "targets are made while make or another tool runs"
            )
        else:
            best = nearest(name, [n for n in declared.names if not n.startswith(".")])
            hint = f"; did you mean `{best}`?" if best else ""
            yield false(
                "make_target", word, f"no Makefile has a target `{name}`{hint}", suggestion=best,
                evidence=declared.place(best, here) if best else Evidence(path=declared.files[0]),
                certain=bool(best) and is_slip(name, best),
            )  # fmt: skip


# Of kernels, bootloaders and distributions that are configured likewise: modules are built in their trees.
_OF_KERNELS = lazy_pattern(
    r"(?:menu|old|x|n|\w+_def|def)config|modules(?:_install|_prepare)?|[bz]+Image|dtbs"
)


def _has_target_form(said: Told, words: tuple[Word, ...]) -> bool:
    """Whether a code span is a call and no phrase: `make sure`, `make it so`."""
    return len(words) <= 3 and words[-1].text not in {"sure", "it", "install."}


def _has_makefile(folders: list[str], makefiles: Makefiles) -> bool:
    have = {posixpath.dirname(path) for path in makefiles.declared.files}
    return any(folder in have for folder in folders)


def _generated(folders: list[str], ground: Ground) -> str:
    """What another tool writes the Makefile of a folder from; "" where make reads one as it is."""
    makers = (
        "Makefile.am",
        "Makefile.in",
        "configure.ac",
        "configure",
        "Makefile.PL",
        "extconf.rb",
        "config.m4",
        "configure.in",
    )
    paths = (posixpath.join(folder, name) for folder in folders for name in makers)
    return next((path for path in paths if ground.has(path)), "")


def _calls(words: tuple[Word, ...]) -> Iterator[_Call]:
    name = posixpath.basename(words[0].text.replace("\\", "/")) if words else ""
    rest = operands(words[1:], _VALUES)
    if name == "just":
        plain = [word for word in rest if "=" not in word.text]
        yield from (_Call("just", word) for word in plain[:1])
    elif name in {"task", "go-task", "mage", "nox", "bb"}:
        if name == "nox":
            rest = list(values_of(words, "-s", "--session", "--sessions", "-e"))
        tool = "task" if name == "go-task" else name
        rest = [word for word in rest if "=" not in word.text]
        yield from (_Call(tool, word) for word in (rest[:1] if name == "bb" else rest))
    elif name == "tox":
        if rest and rest[0].text in {"run", "r", "p", "run-parallel"}:
            rest = rest[1:]
        for value in values_of(words, "-e"):
            yield from (_Call("tox", part_of(value, env)) for env in value.text.split(",") if env)
    elif name in {"rake", "gradle", "gradlew", "gradlew.bat", "inv", "invoke", "ant"}:
        tool = {"inv": "invoke"}.get(name, name.partition(".")[0].replace("gradlew", "gradle"))
        for word in rest[:1] if tool in {"rake", "invoke"} else rest:
            yield _Call(tool, part_of(word, word.text.partition("[")[0]))
    elif name == "mise" and rest and rest[0].text in {"run", "r"}:
        yield from (_Call("mise", word) for word in rest[1:2])


def _tasks(ground: Ground, tool: str) -> Declared:
    found = Declared()
    pattern = _FILES[tool]
    found.files = [path for path in ground.repo.files if pattern.search(path)]
    for fact in ground.facts("task"):
        if fact.detail.get("tool") != tool:
            continue
        aliases = [a for a in fact.detail.get("aliases", "").split(", ") if a]
        for name in (fact.value, *aliases):
            found.places[name].append((fact.scope, fact.evidence))
    return found


def _task(
    said: Told, call: _Call, known: Declared, document: Document, ground: Ground
) -> Claim | None:
    word, name, tool = call.word, call.word.text, call.tool
    if not known.files or not _is_name(name) or not word.is_plain:
        return None
    here = scopes(said, document, ground)
    if tool == "gradle":
        name = name.rpartition(":")[2] or name
    place = known.place(name, here) or known.place(word.text, here)
    if place is not None:
        return true("task", word, place)
    literal = _literal(ground, known.files, tool, name)
    if literal is not None:
        return true("task", word, literal)
    if name in _BUILT_IN.get(tool, ()):
        return true(
            "task", word, Evidence(path=known.files[0]), f"a task that {tool} itself brings"
        )
    if tool == "tox" and _PYTHON_FACTOR.fullmatch(name):
        return not_judged("task", word, "tox makes environments of this form itself")
    if tool == "tox" and _factors(known.files, ground).issuperset(name.split("-")):
        return not_judged("task", word, "tox makes environments of the factors that it knows")
    best = nearest(name, known.names)
    if not known.names or is_foreign(said, ground) or not here:
        return not_judged("task", word, "the tasks of the repository cannot all be read")
    if tool in _OPEN and not (best and is_slip(name, best)):
        return not_judged("task", word, f"plugins and code may bring tasks of {tool}")
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "task", word, f"`{name}` is no task of {tool} here{hint}", suggestion=best,
        evidence=known.place(best, here) if best else Evidence(path=known.files[0]),
        certain=bool(best) and is_slip(name, best),
    )  # fmt: skip


def _factors(files: list[str], ground: Ground) -> frozenset[str]:
    """The factors that settings of tox tell apart: `cov` of `cov: coverage run` and of `py-{cov,plain}`."""
    texts = [ground.repo.text(path) or "" for path in files]
    told = (found[1] for text in texts for found in _CONDITION.finditer(text))
    listed = (found[1] for text in texts for found in _ENV_LIST.finditer(text))
    return frozenset(word for words in (*told, *listed) for word in re.findall(r"\w[\w.]*", words))


def _literal(ground: Ground, files: list[str], tool: str, name: str) -> Evidence | None:
    """Where a runner's file defines a task that is no fact, as those without help are."""
    last = re.escape(re.split(r":+", name)[-1]).replace(r"\-", "[-_]")
    defines = re.compile(_DEFINES[tool].replace("NAME", last))
    for path in files:
        for number, line in enumerate((ground.repo.text(path) or "").split("\n"), 1):
            if defines.search(line[:2_000]):
                return Evidence(path=path, line=number)
    return None
