"""Services that Docker Compose is told to start, stop or look into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from moxi_analyzer.formats import Lines, as_dict, load_yaml
from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.declared import Declared
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import Told, is_foreign, operands, scopes, told, values_of
from moxi_check.shell import Word
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"service": "a service that Docker Compose is told of is in a compose file"}

# Commands that take services, and those after whose first service another command line begins.
_MANY = frozenset(
    "up start stop restart build pull push logs kill rm ps pause unpause top watch create images".split()
)
_ONE = frozenset({"run", "exec", "port", "scale"})
_VALUES = frozenset(
    "-f --file -p --project-name --profile --env-file --project-directory -e --env -u --user -w --workdir "
    "--entrypoint --name -v --volume --publish --scale -t --timeout -n --tail --since --until --index -l --label "
    "--build-arg --progress --format --exit-code-from --pull --ansi --wait-timeout --filter --memory -m -s --signal --ssh".split()
)
_OF_VERBS = {
    "logs": frozenset({"-n"}),
    "stop": frozenset({"-t"}),
    "restart": frozenset({"-t"}),
    "up": frozenset({"-t"}),
}
_COMPOSE_FILE = lazy_pattern(r"(?:^|/)[\w.-]*compose[\w.-]*\.ya?ml$")


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Services named in `docker compose` and `docker-compose` commands."""
    declared: Declared | None = None
    for said in told(document):
        for word in _services(said.words):
            declared = declared or _declared(ground)
            if declared.files and word.is_plain:
                yield _judge(said, word, declared, document, ground)


def _services(words: tuple[Word, ...]) -> Iterator[Word]:
    if words and words[0].text in {"docker-compose", "podman-compose"}:
        rest = words[1:]
    elif [word.text for word in words[:2]] in (["docker", "compose"], ["podman", "compose"]):
        rest = words[2:]
    else:
        return
    # A lone `-f` before the verb names a file, after `logs` it follows: both are no service.
    before = list(takewhile(lambda word: word.text not in _MANY | _ONE, rest))
    if len(before) == len(rest):
        return
    verb, after = rest[len(before)].text, rest[len(before) + 1 :]
    values = _VALUES - {"-f", "-n", "-v", "-t", "-p"} if verb in _MANY else _VALUES
    values |= _OF_VERBS.get(verb, frozenset())
    found = [
        word for word in operands(after, values) if not word.text.isdigit() and "=" not in word.text
    ]
    yield from found[:1] if verb in _ONE else found


def _declared(ground: Ground) -> Declared:
    """All services of all compose files, those of tests and overrides too."""
    found = Declared()
    for path in sorted(ground.repo.files, key=lambda p: (p.count("/"), p)):
        if not _COMPOSE_FILE.search(path):
            continue
        found.files.append(path)
        text = ground.repo.text(path) or ""
        try:
            document = as_dict(load_yaml(text))
        except ManifestError:
            found.is_whole = False
            continue
        found.is_whole = found.is_whole and "include" not in document
        lines = Lines(text)
        start = lines.find(r"^services\s*:")
        for name in as_dict(document.get("services")):
            line = lines.find(rf"^\s+[\"']?{re.escape(name)}[\"']?\s*:", start + 1)
            found.places[name].append((path.rpartition("/")[0], Evidence(path=path, line=line)))
    return found


def _judge(said: Told, word: Word, declared: Declared, document: Document, ground: Ground) -> Claim:
    here = scopes(said, document, ground)
    place = declared.place(word.text, here)
    if place is not None:
        return true("service", word, place)
    files = [value.text for value in values_of(said.words, "-f", "--file")]
    # Of a file of another name, what it declares was not read.
    named = [
        path for path in files if path.endswith((".yml", ".yaml")) and path not in declared.files
    ]
    if not here or not declared.is_whole or not declared.names or named or is_foreign(said, ground):
        return not_judged("service", word, "the compose file that it is in is not known")
    if any(re.search(rf"(?m)^\s+{re.escape(word.text)}:", block.text) for block in document.blocks):
        return not_judged("service", word, "the page shows a compose file that has it")
    best = nearest(word.text, declared.names)
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "service", word, f"no compose file has a service `{word.text}`{hint}", suggestion=best,
        evidence=declared.place(best, here) if best else Evidence(path=declared.files[0]),
        certain=bool(best) and is_slip(word.text, best),
    )  # fmt: skip
