"""Command lines as the readers of this package describe them, and the facts they become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_core.records import Evidence, Fact


@dataclass(frozen=True)
class Option:
    """One option, or a positional argument (`positional`, with its name as the only form).

    `negations` are forms that switch it off again (`--no-color`): listed, never the name.
    `detail` holds the further keys of docs/facts.md that the code states.
    """

    forms: tuple[str, ...]
    help: str = ""
    takes: str = ""
    negations: tuple[str, ...] = ()
    positional: bool = False
    detail: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The longest form; a long one before any short one."""
        return max(self.forms, key=lambda form: (form.startswith("--"), len(form)))

    @property
    def short(self) -> str:
        """The first one-letter form; "" if there is none, or no other."""
        shorts = (f for f in self.forms if len(f) == 2 and f[0] == "-" and f != self.name)
        return next(shorts, "")


@dataclass(frozen=True)
class Program:
    """A command line: what its facts have in common."""

    root: str
    framework: str
    prog: str = ""

    def _detail(self, more: dict[str, str]) -> dict[str, str]:
        common = {"root": self.root, "framework": self.framework, "prog": self.prog}
        return {key: value for key, value in {**common, **more}.items() if value}

    def command(
        self,
        path: str,
        at: Evidence,
        text: str = "",
        aliases: Iterable[str] = (),
    ) -> Fact:
        """The fact of the sub-command `path`; "" is the program itself."""
        detail = self._detail({"aliases": ", ".join(aliases)})
        return Fact(kind="command", value=path, evidence=at, text=one_line(text), detail=detail)

    def option(self, option: Option, at: Evidence, scope: str = "") -> Fact:
        """The fact of an option or positional of the sub-command `scope`."""
        forms = (*dict.fromkeys(option.forms), *option.negations)
        own = {
            "short": option.short,
            "forms": ", ".join(forms) if len(forms) > 1 else "",
            "takes": "" if option.positional else option.takes,
            "positional": "true" if option.positional else "",
        }
        return Fact(
            kind="option",
            value=option.name,
            scope=scope,
            evidence=at,
            text=one_line(option.help),
            detail=self._detail({**own, **option.detail}),
        )
