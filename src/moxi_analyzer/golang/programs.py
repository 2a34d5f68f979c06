"""Main packages walked once each, with the frameworks' calls understood."""

from __future__ import annotations

from functools import partial
from typing import cast
from weakref import WeakKeyDictionary

from moxi_analyzer.golang import flags, library
from moxi_analyzer.golang.interpret import Interpreter
from moxi_analyzer.golang.library import Call
from moxi_analyzer.golang.modules import modules_of
from moxi_analyzer.golang.packages import go_code
from moxi_analyzer.golang.values import (
    External,
    Flag,
    FlagSet,
    Parsed,
    Program,
    Struct,
    Value,
)
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.gates import Gate

GATE = Gate(
    b'"flag"',
    b'"github.com/alecthomas/kong"',
    b'"github.com/jessevdk/go-flags"',
    b'"github.com/alexflint/go-arg"',
    patterns={
        b'/cobra"': rb'"github\.com/(?:spf13|ogier)/cobra"',
        b'/pflag"': rb'"github\.com/(?:spf13|ogier)/pflag"',
        b"/cli": rb'"(?:github\.com/(?:urfave|codegangsta)|gopkg\.in/urfave)/cli[^"]*"',
        b"os.Args": rb"\bos\.Args\b",
    },
)
_MAX_PROGRAMS = 25
_MAX_STEPS = 400_000  # of all programs together; each has a limit of its own
_RUN = {
    "Execute",
    "ExecuteC",
    "ExecuteContext",
    "ExecuteContextC",
    "Run",
    "RunContext",
    "RunAndExitOnError",
}


class _Frameworks:
    """Calls of cobra, pflag, flag, urfave/cli, kong, go-flags and go-arg."""

    def function(self, function: External, call: Call) -> Value:
        package, name = function
        first = call.arguments[0] if call.arguments else None
        if package in {"flag", "pflag"}:
            if name == "CommandLine":
                return flags.command_line(call, package)
            return flags.call_function(package, name, call)
        if package == "cli" and name == "NewApp":
            return Struct(call.at, external=External("cli", "App"), file=call.file)
        if package == "cli" and name in {"EnvVars", "EnvVar", "NewValueSourceChain"}:
            return call.arguments
        if package == "altsrc" and name.endswith("Flag"):
            return first
        if package == "fang" and name == "Execute" and len(call.arguments) > 1:
            _execute(call.arguments[1], call)
            return None
        if package in {"kong", "flags", "arg"}:
            return _parse(package, name, call)
        return library.call_function(function, call)

    def method(self, receiver: Value, name: str, call: Call) -> tuple[bool, Value]:
        if isinstance(receiver, External) and receiver.name == "CommandLine":
            receiver = flags.command_line(call, receiver.package)
        if isinstance(receiver, FlagSet):
            return flags.call_method(receiver, name, call)
        if isinstance(receiver, Struct) and receiver.is_a("cobra", "Command"):
            return _cobra(receiver, name, call)
        if isinstance(receiver, Struct) and receiver.is_a("cli", "App", "Command") and name in _RUN:
            _execute(receiver, call)
            return True, None
        if isinstance(receiver, Struct) and receiver.is_a("flags", "Parser", "Command", "Group"):
            return _go_flags(receiver, name, call)
        return False, None


def _execute(value: Value, call: Call) -> None:
    if isinstance(value, Struct) and value not in call.program.executed:
        call.program.executed.append(value)


def flag_set(command: Struct, field: str) -> FlagSet:
    """The flag set `flags` or `persistent` of a cobra command."""
    found = command.fields.get(f"<{field}>")
    if not isinstance(found, FlagSet):
        found = command.fields[f"<{field}>"] = FlagSet("pflag", at=command.at)
    return found


def children(command: Struct) -> list[Struct]:
    """The commands added to a cobra command."""
    found = command.fields.setdefault("<children>", [])
    return cast(list[Struct], found)


def _cobra(command: Struct, name: str, call: Call) -> tuple[bool, Value]:
    if name in _RUN:
        _execute(command, call)
    elif name == "AddCommand":
        added = children(command)
        added.extend(c for c in _commands(call.arguments) if c is not command and c not in added)
    elif name in {"Flags", "LocalFlags", "LocalNonPersistentFlags"}:
        return True, flag_set(command, "flags")
    elif name in {"PersistentFlags", "InheritedFlags"}:
        return True, flag_set(command, "persistent")
    elif name in {"MarkFlagRequired", "MarkPersistentFlagRequired"}:
        flag = _flag(command, call.string(0))
        if flag is not None:
            flag.required = True
    elif name in {"Flag"}:
        return True, _flag(command, call.string(0))
    else:
        return False, None
    return True, None


def _commands(values: list[Value]) -> list[Struct]:
    return [v for v in values if isinstance(v, Struct) and v.is_a("cobra", "Command")]


def _flag(command: Struct, name: str | None) -> Flag | None:
    found = {**flag_set(command, "persistent").all(), **flag_set(command, "flags").all()}
    return found.get(name or "")


def _parse(package: str, name: str, call: Call) -> Value:
    first = call.arguments[0] if call.arguments else None
    record = partial(Parsed, package, arguments=call.arguments, at=call.at)
    if package == "kong" and name in {"Name", "Description"}:
        return {f"kong.{name}": first}
    if package == "kong" and name in {"Parse", "New", "Must"} and first is not None:
        call.program.parsed.append(record(value=first))
    elif package == "arg" and name in {"Parse", "MustParse"}:
        call.program.parsed.extend(record(value=value) for value in call.arguments)
    elif package == "arg" and name == "NewParser" and len(call.arguments) > 1:
        call.program.parsed.extend(record(value=value) for value in call.arguments[1:])
    elif package == "flags" and name in {"Parse", "ParseArgs", "NewParser"} and first is not None:
        call.program.parsed.append(record(value=first))
        return Struct(call.at, external=External("flags", "Parser"), file=call.file)
    elif package == "flags" and name == "NewNamedParser":
        return Struct(call.at, external=External("flags", "Parser"), file=call.file)
    return None


def _go_flags(parser: Struct, name: str, call: Call) -> tuple[bool, Value]:
    if name == "AddGroup" and len(call.arguments) > 2:
        call.program.parsed.append(Parsed("flags", call.arguments[2], [], call.at))
    elif name == "AddCommand" and len(call.arguments) > 3:
        path = parser.fields.get("<path>", "")
        word = call.string(0)
        if word is None or not isinstance(path, str):
            return True, None
        path = f"{path} {word}".strip()
        made = Struct(call.at, external=External("flags", "Command"), file=call.file)
        made.fields["<path>"] = path
        call.program.parsed.append(
            Parsed("flags", call.arguments[3], [path, call.arguments[1]], call.at)
        )
        return True, made
    else:
        return False, None
    return True, None


_KNOWN: WeakKeyDictionary[Repository, list[Program]] = WeakKeyDictionary()


def programs_of(repo: Repository) -> list[Program]:
    """What each main package of the repository builds, nearest to the root first."""
    found = _KNOWN.get(repo)
    if found is None:
        found = _KNOWN[repo] = _walk(repo)
    return found


def _walk(repo: Repository) -> list[Program]:
    modules = modules_of(repo)
    gated = {
        folder_of(path)
        for package in modules.packages.values()
        for path in package.files
        if GATE.search(repo.read(path) or b"")
    }
    code = go_code(repo)
    found: list[Program] = []
    steps = 0
    for main in list(modules.mains())[:_MAX_PROGRAMS]:
        if steps < _MAX_STEPS and gated.intersection(code.reached(main.path)):
            interpreter = Interpreter(code, main.path, _Frameworks(), gated)
            found.append(interpreter.run())
            steps += interpreter.steps
    return found
