"""The repository's own programs: their subcommands and options, and which commands call them."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from moxi_check import frameworks
from moxi_check.ground import Ground
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_OPTION = lazy_pattern(r"(?:--?|\+)[A-Za-z0-9?@][\w.-]*")


@dataclass(slots=True)
class Program:
    """A program: subcommands by their path, options by the path of their subcommand and by form."""

    name: str
    place: Evidence | None = None
    commands: dict[str, Fact] = field(default_factory=dict)
    options: dict[str, dict[str, Fact]] = field(default_factory=lambda: defaultdict(dict))
    positionals: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    frameworks: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def add(self, fact: Fact) -> None:
        """Take in a `command` or `option` fact."""
        framework = fact.detail.get("framework", "")
        if framework:
            self.frameworks.add(framework)
            self.files.add(fact.evidence.path)
        if fact.kind == "command":
            self._add_command(fact)
        elif fact.detail.get("positional"):
            self.positionals[fact.scope].append(fact)
        else:
            for form in forms_of(fact):
                self.options[fact.scope].setdefault(form, fact)

    def _add_command(self, fact: Fact) -> None:
        if not fact.value:
            self.place = self.place or fact.evidence
            return
        self.commands.setdefault(fact.value, fact)
        above = fact.value.rpartition(" ")[0]
        for alias in fact.detail.get("aliases", "").split(", "):
            if alias:
                self.commands.setdefault(f"{above} {alias}".strip(), fact)

    @property
    def is_read(self) -> bool:
        """Whether its options or subcommands are known at all."""
        return any(self.options.values()) or bool(self.commands)

    @property
    def size(self) -> int:
        """How many options are known."""
        return len({id(fact) for known in self.options.values() for fact in known.values()})

    @property
    def is_declared(self) -> bool:
        """Whether what parses its options was read, rather than a text that lists them."""
        return bool(self.frameworks) and not self.frameworks <= frameworks.DESCRIBED

    def path_of(self, path: str, word: str) -> str:
        """The path of a subcommand below another one; "" if there is none of that name."""
        fact = self.commands.get(f"{path} {word}".strip())
        return fact.value if fact else ""

    def below(self, path: str) -> list[str]:
        """Names of the subcommands right below a path."""
        lead = f"{path} " if path else ""
        names = (known[len(lead) :] for known in self.commands if known.startswith(lead))
        return [name for name in names if name and " " not in name]

    def gives_command(self, word: str) -> bool:
        """Whether a subcommand is one that its framework makes."""
        return any(word in frameworks.GIVEN_COMMANDS.get(name, ()) for name in self.frameworks)

    def option(self, form: str, path: str = "") -> Fact | None:
        """An option of a subcommand, or one that all subcommands take."""
        fact = self.options.get(path, {}).get(form)
        while fact is None and path:
            path = path.rpartition(" ")[0]
            fact = self.options.get(path, {}).get(form)
            fact = fact if fact and fact.detail.get("global") else None
        return fact

    def anywhere(self, form: str) -> Fact | None:
        """An option of the program or any of its subcommands."""
        return next((known[form] for known in self.options.values() if form in known), None)

    def gives_option(self, form: str) -> bool:
        """Whether an option is one that its framework makes."""
        if form == "--help":
            return self.is_read
        return any(form in frameworks.GIVEN.get(name, ()) for name in self.frameworks)

    def negates(self, form: str) -> bool:
        """Whether it is `--no-x` of a known `--x`, which its framework makes or might make."""
        return (
            form.startswith("--no-")
            and bool(self.frameworks & frameworks.NEGATING)
            and self.anywhere("--" + form[5:]) is not None
        )

    def shortened(self, form: str) -> str:
        """The option that a form is the beginning of, where its framework takes that."""
        if not form.startswith("--") or not self.frameworks & frameworks.ABBREVIATING:
            return ""
        return next(
            (
                f
                for known in self.options.values()
                for f in known
                if f.startswith(form) and f != form
            ),
            "",
        )

    def forms(self, path: str | None = None) -> list[str]:
        """All forms of its options, those of a subcommand first."""
        scopes = self.options if path is None else [path, "", *self.options]
        return list(dict.fromkeys(form for scope in scopes for form in self.options.get(scope, {})))


def forms_of(fact: Fact) -> list[str]:
    """All forms of an option: `--color`, `-c`, `--no-color`."""
    found = [fact.value, fact.detail.get("short", ""), *fact.detail.get("forms", "").split(", ")]
    forms = [form.partition("=")[0] for form in found if form]
    if fact.detail.get("framework") in frameworks.ONE_DASH:  # one dash or two are the same
        forms += ["-" + form.lstrip("-") for form in forms] + [
            "--" + form.lstrip("-") for form in forms if len(form.lstrip("-")) > 1
        ]
    return list(dict.fromkeys(forms))


@dataclass(frozen=True, slots=True)
class Call:
    """A command that calls one of the programs: the word of its name, and the words after it."""

    program: Program
    name: Word
    words: tuple[Word, ...]


class Programs:
    """All programs of a repository."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def by_name(self) -> dict[str, Program]:
        """Programs by what a person types; for a script, its path."""
        found: dict[str, Program] = {}
        for fact in self._ground.facts("command", "option"):
            shown = fact.detail.get("program", "")
            if shown:
                found.setdefault(_key(shown), Program(shown)).add(fact)
        for fact in self._ground.facts("bin"):
            program = found.setdefault(fact.value, Program(fact.value))
            program.place = fact.evidence
        for fact in self._ground.facts("bin"):
            twin = self._twin(fact, found)
            if twin is not None and not found[fact.value].is_read:
                found[fact.value] = replace(twin, name=fact.value, place=fact.evidence)
        for name in sorted({slug.partition("/")[2] for slug in self._ground.slugs} - {*found}):
            place = self._ground.find(name, _shell_function(name))
            if place is not None:
                found[name] = Program(name, place)
        return found

    def _twin(self, fact: Fact, found: dict[str, Program]) -> Program | None:
        """The program of another name that runs the same file, where its options are known."""
        target = (fact.scope, fact.detail.get("target"))
        same = (f for f in self._ground.facts("bin") if (f.scope, f.detail.get("target")) == target)
        known = (found[f.value] for f in same if target[1] and f.value != fact.value)
        return next((program for program in known if program.is_read), None)

    @cached_property
    def all(self) -> list[Program]:
        """Every program whose options or subcommands are known."""
        return [program for program in self.by_name.values() if program.is_read]

    @cached_property
    def by_package(self) -> dict[str, Program]:
        """The program that a package of npm or PyPI runs by its own name."""
        found: dict[str, Program] = {}
        for package in self._ground.facts("package"):
            bins = [f for f in self._ground.facts("bin") if f.scope == package.scope]
            named = [f for f in bins if f.value == package.value.rpartition("/")[2]]
            for fact in named or (bins if len(bins) == 1 else []):
                found.setdefault(package.value, self.by_name[fact.value])
        return found

    def takes_unknown_options(self, program: Program) -> bool:
        """Whether a program may take options that its code does not name."""
        return self._any_file(program, frameworks.OPEN_OPTIONS)

    def borrows_options(self, program: Program) -> bool:
        """Whether some options of a program may be declared by a library, or by code beside its own."""
        return self._any_file(program, frameworks.BORROWED_OPTIONS)

    def takes_unknown_commands(self, program: Program) -> bool:
        """Whether a program may have subcommands that its code does not name."""
        if program.name.endswith("bin/console"):  # of Symfony, to which each bundle adds its own
            return True
        manifest = program.place.path if program.place else ""
        return self._any_file(program, frameworks.OPEN_COMMANDS) or bool(
            frameworks.PLUGINS.search(self._ground.repo.read(manifest) or b"")
        )

    def takes_operands(self, program: Program) -> bool:
        """Whether a program may take an operand where its subcommands stand."""
        return self._any_file(program, frameworks.OWN_OPERANDS)

    def takes_unknown_letters(self, program: Program) -> bool:
        """Whether a program may take short options that its code does not name."""
        return not program.is_declared or self._any_file(program, frameworks.OPEN_LETTERS)

    def _any_file(self, program: Program, pattern: re.Pattern[bytes]) -> bool:
        return any(pattern.search(self._ground.repo.read(path) or b"") for path in program.files)

    def called(self, words: tuple[Word, ...]) -> Call | None:
        """The program that a command calls, if it is one of the repository's."""
        if not words:
            return None
        name = _base(words[0].text)
        part = f"{name} {words[1].text}" if len(words) > 1 else ""
        if part in self.by_name:  # a subcommand that has a parser of its own: `prog="demo config"`
            return Call(self.by_name[part], words[1], words[2:])
        if name in self.by_name:
            return Call(self.by_name[name], words[0], words[1:])
        for reader in (self._by_script, self._by_package, self._by_build):
            found = reader(name, words)
            if found is not None:
                return found
        return None

    def _by_script(self, name: str, words: tuple[Word, ...]) -> Call | None:
        if not _INTERPRETER.fullmatch(name):
            return self._at_path(words, 0) if "/" in words[0].text else None
        for number, word in enumerate(words[1:5], 1):
            if word.text in {"-m", "-jar"} and number + 1 < len(words):
                key = f"{word.text} {words[number + 1].text}"
                known = self.by_name.get(key)
                read = known if known is not None and known.is_read else None
                program = read or self._jar(key) or self._of_module(key) or known
                return Call(program, words[number + 1], words[number + 2 :]) if program else None
            if not word.is_option:
                return self._at_path(words, number)
        return None

    def _of_module(self, key: str) -> Program | None:
        """The program of `python -m demo`: the executable whose code is in that package."""
        module = key.removeprefix("-m ")
        for fact in self._ground.facts("bin"):
            target = fact.detail.get("target", "").partition(":")[0]
            if key.startswith("-m ") and (target == module or target.startswith(module + ".")):
                return self.by_name.get(fact.value)
        return None

    def _jar(self, key: str) -> Program | None:
        jars = [p for name, p in self.by_name.items() if name.startswith("-jar ")]
        return jars[0] if key.startswith("-jar ") and len(jars) == 1 else None

    def _at_path(self, words: tuple[Word, ...], number: int) -> Call | None:
        path = posixpath.normpath(words[number].text)
        for name, program in self.by_name.items():
            if name == path or (path and name.endswith("/" + path)):
                return Call(program, words[number], words[number + 1 :])
        return None

    def _by_package(self, name: str, words: tuple[Word, ...]) -> Call | None:
        head = tuple(word.text for word in words[:3])
        size = next((n for n in (3, 2, 1) if head[:n] in _PACKAGE_RUNNERS), 0)
        if not size:
            return None
        rest = words[size:]
        while rest and rest[0].is_option:
            taken = 2 if rest[0].text in {"-p", "--package", "--from", "--spec", "--with"} else 1
            rest = rest[taken:]
        if not rest:
            return None
        package = re.sub(r"(?<=.)(?:@|==).*$", "", rest[0].text)
        program = self.by_package.get(package) or self.by_name.get(package)
        return Call(program, rest[0], rest[1:]) if program else None

    def _by_build(self, name: str, words: tuple[Word, ...]) -> Call | None:
        """`cargo run -- …`, `go run ./cmd/demo …`, `dotnet run -- …`, `swift run demo …`."""
        verb = words[1].text if len(words) > 1 else ""
        if name == "go" and verb == "run":
            return self._go_run(words)
        if (name, verb) not in _BUILDERS:
            return None
        texts = [word.text for word in words]
        dashes = texts.index("--") if "--" in texts else len(words)
        named = [w for w in words[2:dashes] if w.text in self.by_name]
        rest = words[dashes + 1 :]
        if not named and rest[:1] and rest[0].text in self.by_name:
            return Call(self.by_name[rest[0].text], rest[0], rest[1:])
        programs = [p for p in self.all if _language(p) == name]
        if named:
            return Call(self.by_name[named[0].text], named[0], rest)
        return Call(programs[0], words[1], rest) if len(programs) == 1 and rest else None

    def _go_run(self, words: tuple[Word, ...]) -> Call | None:
        for number, word in enumerate(words[2:], 2):
            if word.is_option:
                continue
            path = posixpath.normpath(word.text.removesuffix(".go"))
            folder = posixpath.dirname(path) if word.text.endswith(".go") else path
            for fact in self._ground.facts("bin"):
                target = posixpath.normpath(
                    posixpath.join(fact.scope, fact.detail.get("target", "?"))
                )
                if target == (folder or ".") and fact.value in self.by_name:
                    return Call(self.by_name[fact.value], word, words[number + 1 :])
            return None
        return None


def _shell_function(name: str) -> re.Pattern[bytes]:
    """Pattern of a function that a shell which has read the file knows by a name."""
    return re.compile(rf"(?m)^(?:function\s+)?{re.escape(name)}\s*\(\)\s*\{{".encode())


_INTERPRETER = lazy_pattern(
    r"python(?:\d(?:\.\d+)?)?|py|node|php|ruby|bash|sh|zsh|perl|java|tsx|bun|deno"
)
_PACKAGE_RUNNERS = frozenset(
    {
        ("npx",), ("bunx",), ("pnpx",), ("uvx",), ("pnpm", "dlx"), ("yarn", "dlx"), ("pipx", "run"), ("npm", "exec"),
        ("uv", "tool", "run"), ("bun", "x"), ("yarn",), ("pnpm",), ("pnpm", "exec"), ("bun",), ("bun", "run"), ("yarn", "run"),
    }
)  # fmt: skip
_BUILDERS = frozenset(
    {("cargo", "run"), ("cargo", "r"), ("dotnet", "run"), ("swift", "run"), ("stack", "exec"), ("cabal", "run"),
     ("stack", "run"), ("cabal", "exec"), ("dart", "run"), ("fvm", "run")}
)  # fmt: skip
_LANGUAGES = {".rs": "cargo", ".cs": "dotnet", ".swift": "swift", ".dart": "dart"}


def _language(program: Program) -> str:
    return next((_LANGUAGES.get(posixpath.splitext(path)[1], "") for path in program.files), "")


def _base(name: str) -> str:
    base = name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"\.(?:exe|bat|cmd|phar)$", "", base)


def _key(program: str) -> str:
    """`python tools/x.py` and `php bin/console` by their paths, `python -m x` by `-m x`."""
    head, _, rest = program.partition(" ")
    if rest and head in {"python", "node", "php", "ruby", "bash", "java"}:
        return rest
    return rest.removeprefix("tsx ") if head == "npx" else program


def option_form(text: str) -> str:
    """The form of an option without its value: `--color` for `--color=auto`; "" if it is none."""
    found = _OPTION.match(text)
    if not found:
        return ""
    rest = text[found.end() :]
    form = found[0].rstrip(".")
    if re.fullmatch(r"-\d{2,}[\d.,]*", form):  # a number
        return ""
    return form if form[-1] != "-" and (not rest or rest[0] in "=:[<") else ""


def letters(form: str) -> Iterator[str]:
    """The short options that `-xvf` puts together."""
    yield from ("-" + letter for letter in form[1:])
