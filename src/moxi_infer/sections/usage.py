"""Usage: command lines with their options, examples, how to run an application, an Action."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact
from moxi_infer.document import Body, Proof, Section
from moxi_infer.markdown import code, codes, fence_language, link, prose
from moxi_infer.sections.actions import action_step, short
from moxi_infer.sections.development import inside
from moxi_infer.subject import Program, Subject

MAX_OPTION_ROWS = 60
MAX_COMPACT_OPTIONS = 220
MAX_COMMAND_ROWS = 50
_HELP_CHARS = 140
_MAX_PROGRAMS = 6
_RUN_TASKS = ("bootRun", "spring-boot:run", "quarkusDev", "quarkus:dev", "run")
_RUN_SCRIPTS = ("dev", "start", "serve", "develop", "preview")
# A sentence that announces a list, where the list is not there.
_LEADS_ON = lazy_pattern(r"(?<=[.!?]) [^.!?]*:$")
_DEFAULT_NOTE = lazy_pattern(
    r"\s*[\[(][Dd]efaults?(?: is| to)?\s*[:=]?\s*(?P<value>[^\[\]()]{1,60})[\])]\.?$"
)
# What tells of a program beside its code.
_PAGES = frozenset({"", "man", "completion"})
# Frameworks that give every program `--help` unasked.
_HELPFUL = frozenset(
    "argparse click typer clap clap_derive clap_builder structopt cobra urfave_cli urfave/cli kong commander yargs "
    "meow cac oclif optparse OptionParser symfony_console symfony/console fire docopt".split()
)


def usage(subject: Subject) -> Section | None:
    """How to use it: what fits the kind of project comes first."""
    body = Body()
    _run_application(subject, body)
    _scripts(subject, body)
    action_step(subject, body)
    _examples(subject, body)
    budget = _Budget(MAX_OPTION_ROWS, MAX_COMPACT_OPTIONS, MAX_COMMAND_ROWS)
    twins = _twins(subject)
    programs = [p for p in subject.installed_programs if p.name not in twins][:_MAX_PROGRAMS]
    for program in programs:
        _program(subject, body, program, titled=len(programs) > 1, budget=budget)
        for bin_fact in (f for of, f in twins.values() if of == program.name):
            body.paragraph(f"{code(bin_fact.value)} runs the same program.", bin_fact)
    if subject.brought_tasks:
        rows = [
            ([code(f.detail["run"]), prose(f.text, _HELP_CHARS)], [f])
            for f in subject.brought_tasks
        ]
        body.table(["Task", "What it does"], rows, head="It brings these tasks:")
    return body.section("usage", "Usage")


def _run_application(subject: Subject, body: Body) -> None:
    """How to start a service or web application, and where it then answers."""
    rows: list[tuple[str, Sequence[Proof]]] = []
    scope = subject.main.scope if subject.main else ""
    scripts = {f.value: f for f in subject.of("script", scope)}
    start = next((scripts[name] for name in _RUN_SCRIPTS if name in scripts), None)
    is_installed = subject.has_registry and subject.installed_programs
    if not is_installed and (subject.is_application or not subject.has_registry):
        if start is not None and "run" in start.detail:
            rows.append((start.detail["run"], [start]))
        elif subject.main is not None and _is_flutter_app(subject.main):
            rows.append(("flutter run", [subject.main]))
        elif subject.has("manage.py"):
            rows.append(("python manage.py runserver", [Evidence(path="manage.py")]))
        else:
            tasks = [f for f in subject.of("task") if f.value in _RUN_TASKS]
            rows += [(f.detail["run"], [f]) for f in tasks[:1] if "run" in f.detail]
    if rows:
        body.paragraph("Start it with:")
        body.code("sh", rows)
    _compose(subject, body, also=bool(rows))
    _ports(subject, body)


def _scripts(subject: Subject, body: Body) -> None:
    """The scripts of a repository that is nothing else, each run in its folder."""
    scripts = [f for f in subject.of("task") if f.detail.get("tool") == "python"]
    if not scripts or subject.has_registry or subject.installed_programs:
        return
    if subject.snapshot.project_type.name == "library":
        return  # its scripts are for those who work on it
    folders = {f.scope for f in scripts}
    body.paragraph("Run the script:" if len(scripts) == 1 else "Run the scripts:")
    rows: list[tuple[str, Sequence[Proof]]] = [
        (inside(f.scope, f.detail["run"]), [f]) for f in scripts
    ]
    if len(folders) == 1 and "" not in folders:
        folder = [(f"cd {shlex.quote(scripts[0].scope)}", scripts[:1])]
        rows = [*folder, *((f.detail["run"], [f]) for f in scripts)]
    body.code("sh", rows)


def _is_flutter_app(package: Fact) -> bool:
    return package.detail.get("manager") == "flutter" and package.detail.get("role") == "binary"


def _compose(subject: Subject, body: Body, *, also: bool) -> None:
    services = [f for f in subject.of("service") if f.scope == ""]
    if not services or not (subject.is_application or not subject.has_registry):
        return
    if not any(f.text or f.detail.get("build") for f in services if "image" not in f.detail):
        body.paragraph("The services it needs run with Docker Compose:")
    else:
        body.paragraph("Or with Docker Compose:" if also else "With Docker Compose:")
    body.code("sh", [("docker compose up", services[:1])])
    body.table(
        ["Service", "Image", "Ports"],
        [
            ([code(f.value), code(f.detail.get("image", "")), code(f.detail.get("ports", ""))], [f])
            for f in services[:12]
        ],
    )


def _ports(subject: Subject, body: Body) -> None:
    ports = {f.value: f for f in reversed(subject.of("port"))}
    if not subject.is_application or not ports or len(ports) > 3:
        return
    words = " and ".join(code(p) for p in sorted(ports))
    noun = "port" if len(ports) == 1 else "ports"
    body.paragraph(f"It listens on {noun} {words}.", *ports.values())


def _examples(subject: Subject, body: Body) -> None:
    """Up to two pieces of the repository's own example code, unchanged."""
    if subject.snapshot.project_type.name not in {"library", "monorepo", "unknown", "cli"}:
        return
    examples = subject.of("example")
    if subject.installed_programs and subject.snapshot.project_type.name == "cli":
        examples = [f for f in examples if f.detail.get("language") in {"sh", "bash", "console"}]
    helps = bool(examples) and examples[0].detail.get("from") == "help"
    limit = 2 if examples and len(examples[0].value) < 900 and not helps else 1
    shown = list({f.detail.get("path", ""): f for f in reversed(examples)}.values())[::-1]
    for fact in shown[:limit]:
        path = fact.detail.get("path", fact.evidence.path)
        caption = prose(fact.text, 160).rstrip(".:")
        source = link(code(path), path) if subject.has(path) else code(path)
        said = f"{caption} ({source}):" if caption else f"From {source}:"
        body.paragraph("For example:" if fact.detail.get("from") == "help" else said, fact)
        body.code(
            fence_language(fact.detail.get("language", "")), [(fact.value.strip("\n"), [fact])]
        )


class _Budget:
    """How many rows may still be written, so that a large program stays readable."""

    def __init__(self, rows: int, compact: int, commands: int) -> None:
        self.rows = rows
        self.compact = compact
        self.commands = commands


def _twins(subject: Subject) -> dict[str, tuple[str, Fact]]:
    """Executables that start the very code of one told before: name -> (that one's name, fact)."""
    in_code = {p.name for p in subject.installed_programs if _framework(p) not in _PAGES}
    first: dict[tuple[str, str], str] = {}
    bins = [f for f in subject.of("bin") if f.detail.get("target")]
    for fact in sorted(bins, key=lambda f: f.value not in in_code):
        first.setdefault((fact.scope, fact.detail["target"]), fact.value)
    mains = ((f, first[f.scope, f.detail["target"]]) for f in bins)
    return {f.value: (of, f) for f, of in mains if of in in_code and f.value not in in_code}


def _program(
    subject: Subject, body: Body, program: Program, *, titled: bool, budget: _Budget
) -> None:
    root = program.commands.get("")
    if titled:
        body.heading(code(program.name))
        if root is not None and root.text:
            body.paragraph(prose(root.text, 300), root)
    own = program.options.get("", [])
    proofs = [root] if root is not None else own[:1]
    body.code("text", [(line, proofs) for line in _synopsis(program)])
    _commands_table(body, program, budget)
    arguments = [f for f in own if is_positional(f)] if not program.subcommands else []
    told = [f for f in arguments if f.text]
    if told:
        rows = [(_option_row(f), [f]) for f in told]
        body.table(["Argument", "Description", "Default"], rows)
    _options_table(body, [f for f in own if not is_positional(f)], budget, "Option")
    _subcommand_options(body, program, budget)
    known = {f.value for options in program.options.values() for f in options}
    shows_help = root is None or "help" not in root.detail
    if shows_help and "--help" not in known and _framework(program) in _HELPFUL:
        body.paragraph(f"{code(f'{program.name} --help')} shows this on the command line.", *proofs)


def _framework(program: Program) -> str:
    facts = [*program.commands.values(), *(f for fs in program.options.values() for f in fs)]
    return next((f.detail["framework"] for f in facts if "framework" in f.detail), "")


def _synopsis(program: Program) -> list[str]:
    """The usage lines: the program, its options, and its positional arguments or a command."""
    options = program.options.get("", [])
    parts = [program.name]
    if any(not is_positional(f) for f in options):
        parts.append("[options]")
    arguments = [_positional(fact) for fact in options if is_positional(fact)]
    lines = [" ".join([*parts, *arguments])] if arguments or not program.subcommands else []
    return [*lines, " ".join([*parts, "<command>"])] if program.subcommands else lines


def _positional(fact: Fact) -> str:
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", fact.value.strip("<>[]"))
    name = name.lower().replace(" ", "-")
    dots = "..." if fact.detail.get("repeatable") == "true" else ""
    optional = fact.detail.get("required") != "true" or "default" in fact.detail
    return f"[{name}{dots}]" if optional else f"<{name}>{dots}"


def is_positional(fact: Fact) -> bool:
    """Whether an option fact is a positional argument."""
    return fact.detail.get("positional") == "true"


def _commands_table(body: Body, program: Program, budget: _Budget) -> None:
    commands = program.subcommands
    shown = commands[: budget.commands]
    if not shown:
        return
    budget.commands -= len(shown)
    body.table(
        ["Command", "Description"],
        [([_command(program, f), prose(f.text, _HELP_CHARS)], [f]) for f in shown],
        head="" if any(f.text for f in shown) else "Commands:",
    )
    rest = commands[len(shown) :]
    if rest:
        names = codes(f.value for f in rest[:60])
        body.paragraph(f"And {names}.", *rest[:60])


def _command(program: Program, fact: Fact) -> str:
    above = f"{program.name} {fact.value.rpartition(' ')[0]}".strip()
    names = [a.strip() for a in fact.detail.get("aliases", "").split(",") if a.strip()]
    aliases = codes(f"{above} {name}" for name in names)
    places = [_positional(f) for f in program.options.get(fact.value, []) if is_positional(f)]
    words = " ".join([program.name, fact.value, *places])
    return code(words) + (f" (or {aliases})" if aliases else "")


def variables_in_tables(subject: Subject) -> set[str]:
    """Environment variables that the tables of options name already."""
    found: set[str] = set()
    room = MAX_OPTION_ROWS
    for program in subject.installed_programs[:_MAX_PROGRAMS]:
        own = [f for f in program.options.get("", []) if not is_positional(f)]
        for fact in own[:room]:
            found.update(v for v in fact.detail.get("env", "").split(", ") if v)
        room = max(0, room - len(own))
    return found


def _options_table(body: Body, options: Sequence[Fact], budget: _Budget, header: str) -> None:
    shown = options[: budget.rows]
    if shown:
        budget.rows -= len(shown)
        rows = [(_option_row(f), [f]) for f in shown]
        said = any(any(cells[1:]) for cells, _ in rows)
        head = "" if said else f"{header.replace('Option', 'Options', 1)}:"
        body.table([header, "Description", "Default"], rows, head=head)
    _compact(body, "Further options:" if shown else "Options:", options[len(shown) :], budget)


def _compact(body: Body, head: str, options: Sequence[Fact], budget: _Budget) -> None:
    shown = options[: budget.compact]
    if shown:
        budget.compact -= len(shown)
        body.paragraph(f"{head} {codes(_forms(f) for f in shown)}.", *shown)


def _forms(fact: Fact) -> str:
    short = fact.detail.get("short", "")
    forms = fact.detail.get("forms", "")
    if forms and not fact.value.startswith("--") and fact.value in forms.split(", "):
        return forms  # `-h, -help`: no form is the long one
    own = [f for f in forms.split(", ") if f[:2] == "--" and len(f) > 2 and f != fact.value]
    known = {fact.value, *own}
    off = [f for f in own if f[:5] == "--no-" and f"--{f[5:]}" in known]
    others = [f for f in own if f not in off]
    first = [short] if short and short != fact.value else []
    return ", ".join([*first, *others[:3], fact.value, *off[:1]])


def _option_row(fact: Fact) -> list[str]:
    """Cells of an option or argument: how it is written, what it does, its default."""
    help_text = prose(_without_default(fact), _HELP_CHARS)
    names = [c for c in fact.detail.get("choices", "").split(", ") if c]
    if names and not all(name in help_text for name in names):
        shown = codes(names[:10]) + (", …" if len(names) > 10 else "")
        help_text = f"{help_text.removesuffix('.')} ({shown})" if help_text else f"One of {shown}"
    is_required = fact.detail.get("required") == "true" and not is_positional(fact)
    if is_required and "required" not in help_text.lower():
        help_text = f"{help_text} (required)".strip()
    if fact.detail.get("env"):
        help_text = f"{help_text} (environment: {codes(fact.detail['env'].split(', '))})".strip()
    return [code(_written(fact)), help_text, code(short(fact.detail.get("default", ""), 40))]


def _without_default(fact: Fact) -> str:
    """The help text without a closing note of the default, which has its own column."""
    found = _DEFAULT_NOTE.search(fact.text)
    is_told = found is not None and found["value"].strip("\"'`") == fact.detail.get("default")
    text = fact.text[: found.start()] if found is not None and is_told else fact.text
    return _LEADS_ON.sub("", text)


def _bare(metavar: str) -> str:
    """A value's name without the brackets around the whole of it."""
    for opening, closing in ("<>", "[]"):
        inner = metavar[1:-1]
        if metavar[:1] == opening and metavar[-1:] == closing and opening not in inner:
            return inner
    return metavar


def _written(fact: Fact) -> str:
    if is_positional(fact):
        return f"<{fact.value.strip('<>[]')}>"
    if fact.detail.get("takes") != "value":
        return _forms(fact)
    name = _bare(fact.detail.get("metavar") or "value")
    separator = fact.detail.get("separator", " ")
    return f"{_forms(fact)}{separator}<{name if '|' in name else name.lower()}>"


def _subcommand_options(body: Body, program: Program, budget: _Budget) -> None:
    """Options of subcommands: a table each while there is room, else one table of names."""
    scopes = {
        path: options
        for path, found in program.options.items()
        if path and (options := [f for f in found if not is_positional(f)])
    }
    common = _common_options(scopes)
    if common:
        _options_table(body, common, budget, "Option of most commands")
        names = {f.value for f in common}
        scopes = {p: [f for f in found if f.value not in names] for p, found in scopes.items()}
    total = sum(map(len, scopes.values()))
    if total <= budget.rows:
        for path, options in scopes.items():
            header = f"Option of {code(f'{program.name} {path}')}"
            _options_table(body, options, budget, header)
        return
    rows = []
    for path, options in scopes.items():
        shown = options[: budget.compact]
        budget.compact -= len(shown)
        if shown:
            rows.append(([code(f"{program.name} {path}"), codes(map(_forms, shown))], shown))
    if rows:
        body.table(["Command", "Options"], rows)


def _common_options(scopes: dict[str, list[Fact]]) -> list[Fact]:
    """Options that more than half of at least four subcommands share."""
    found: dict[str, list[Fact]] = {}
    for options in scopes.values():
        for fact in options:
            found.setdefault(fact.value, []).append(fact)
    if len(scopes) < 4:
        return []
    return [_shared(facts) for facts in found.values() if len(facts) > len(scopes) / 2]


def _shared(facts: list[Fact]) -> Fact:
    """What holds of an option in all subcommands that have it."""
    first, *others = facts
    detail = {
        key: value
        for key, value in first.detail.items()
        if key not in {"env", "default"} or all(f.detail.get(key) == value for f in others)
    }
    same = all(f.text == first.text for f in others)
    return replace(first, detail=detail, text=first.text if same else "")
