"""Options of the repository's own programs: in commands, in prose, in tables and in help texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.calls import Given, Walk, calls
from moxi_check.kinds.flags import Alone, alone, is_made_up, is_of_others
from moxi_check.kinds.meanings import is_renamed
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.option_like import Written
from moxi_check.kinds.unread import Unread
from moxi_check.literal import coded, place_in, quoted, quoted_form
from moxi_check.programs import Program, Programs, letters
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

KINDS = {
    "option": "an option of the repository's own program is one",
    "choice": "a value given to an option is one of its choices",
}
_NOT_READ = "the options of this program are not read"
# Most parsers of options have these without being told.
_USUAL = frozenset({"--help", "--version", "--color", "--no-color"})
_OPEN = "the program may take options that its code does not name"
_USUAL_DOUBT = "most frameworks make it"
# Fewer known options than this are no list that could contradict a page that knows none of them.
_FEW = 4
# So many options of a program on which page and code agree tell that all of it was read.
_AGREED = 3
_MANY = (
    8  # known options of a help text for each that stands nowhere: it is not our list that has gaps
)
_WORD = lazy_pattern(r"[a-z0-9][a-z0-9-]*")
# Frameworks that refuse a value which is none of the choices.
_CHOOSING = frozenset({"argparse", "click", "typer", "clap"})


@dataclass(frozen=True, slots=True)
class _Unknown:
    """An option that no program has, with the program it is told of; None where it stands alone."""

    span: Span
    program: Program | None
    path: str = ""
    group: str = ""


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Options in calls of own programs, then those that stand alone."""
    judge = _Judge(ground, document)
    for walk in calls(document, judge.programs):
        for given in walk.options:
            yield from judge.given(walk, given)
    owner = next((slug.partition("/")[0] for slug in sorted(ground.slugs)), "")
    for option in alone(document, judge.programs, owner):
        yield from judge.alone(option)
    for claim in judge.rest():
        if judge.programs.by_name or claim.verdict != "not_judged":
            yield claim


class _Judge:
    """Judges the options of one page; the unknown ones last, when it is known how many there are."""

    def __init__(self, ground: Ground, document: Document) -> None:
        self.ground = ground
        self.programs = Programs(ground)
        self._source = document.source
        self._written_out = Written(ground)
        self._known: dict[str, set[str]] = defaultdict(set)
        self._written: dict[str, set[str]] = defaultdict(set)  # those that code has in quotes
        self._unknown: list[_Unknown] = []
        has_programs = bool(ground.facts("bin", "command", "option"))
        self._unread = Unread(ground, document, self._written_out, has_programs=has_programs)

    def given(self, walk: Walk, given: Given) -> Iterator[Claim]:
        """The verdict on an option in a call, and on its value; none yet for an unknown one."""
        program, word, form = walk.call.program, given.word, given.word.text
        fact = program.option(form, given.path)
        if fact is not None:
            self._known[program.name].add(form)
            self._known[""].add(form)
            yield true("option", word, fact.evidence)
            yield from self._choice(fact, given, program)
        elif (
            program.gives_option(form)
            or program.negates(form)
            or _is_combined(program, form, given.path)
        ):
            yield true("option", word, program.place, "its framework makes it")
        else:
            doubt = self._doubt_of_call(walk, given)
            if doubt == _NOT_READ:
                self._unread.add(word, doubt)
                return
            if doubt:
                yield not_judged("option", word, doubt)
                return
            place = None if program.anywhere(form) else self._literal(program, form)
            place = place or (self._named(form) if not program.anywhere(form) else None)
            if place is not None:
                yield true("option", word, place, "the source names it")
                return
            doubt = self._doubt(program, form, given.path)
            if doubt:
                yield not_judged("option", word, doubt)
            else:
                self._unknown.append(_Unknown(word, program, given.path, program.name))

    def _choice(self, fact: Fact, given: Given, program: Program) -> Iterator[Claim]:
        """The value of an option that has choices."""
        choices = [choice for choice in fact.detail.get("choices", "").split(", ") if choice]
        value = given.value
        if not choices or value is None or not value.is_plain:
            return
        if value.text.lower() in {choice.lower() for choice in choices}:
            yield true("choice", value, fact.evidence)
        elif fact.detail.get("framework") in _CHOOSING and _WORD.fullmatch(value.text):
            # Short names of a choice are often left out of its help.
            if place_in(quoted(value.text), program.files, self.ground) is not None:
                return
            best = nearest(value.text, choices)
            hint = f"; did you mean `{best}`?" if best else ""
            yield false(
                "choice", value, f"`{given.word.text}` takes {', '.join(choices)}{hint}", suggestion=best,
                evidence=fact.evidence, certain=bool(best) and is_slip(value.text, best),
            )  # fmt: skip

    def alone(self, option: Alone) -> Iterator[Claim]:
        """The verdict on an option that stands alone: any program may have it."""
        form = option.span.text
        for program in self.programs.by_name.values():
            fact = program.anywhere(form)
            if fact is not None:
                self._known[option.group].add(form)
                self._known[""].add(form)
                yield true("option", option.span, fact.evidence)
                return
        place = self._named(form)
        if place is not None:
            self._unread.note(form, option.group)
            self._written[option.group].add(form)
            yield true("option", option.span, place, "the source names it")
            return
        doubt = option.doubt or (_USUAL_DOUBT if self._is_usual(form) else "")
        if not form.startswith("--") and not option.group:
            doubt = doubt or "a short option may be any program's"
        if not doubt and not self._speaks_of_ours and not self._is_slip_of_own(form):
            doubt = "the page names no program of ours"
        if not doubt and option.tool and not self._is_slip_of_own(form):
            doubt = f"it may be an option of {option.tool}"
        if not doubt:
            for program in self.programs.all:
                if program.gives_option(form) or program.negates(form):
                    yield true("option", option.span, program.place, "its framework makes it")
                    return
                place = self._literal(program, form)
                if place is not None:
                    yield true("option", option.span, place, "the source names it")
                    return
                doubt = doubt or self._doubt(program, form, in_list=bool(option.group))
        is_few = not any(program.size >= _FEW for program in self.programs.all)
        if not doubt and is_few and not self._is_slip_of_own(form):
            self._unread.add(option.span, "the options of no program are known", option.group)
            return
        if not doubt and self.ground.mention(form) is not None:
            doubt = "the repository speaks of it elsewhere"
        # A command may pass on what it does not know; a text tells of what the program knows.
        if doubt and not (doubt == _OPEN and self._is_slip_only(form)):
            yield not_judged("option", option.span, doubt)
        else:
            self._unknown.append(_Unknown(option.span, None, "", option.group))

    def rest(self) -> Iterator[Claim]:
        """The unknown ones: false, unless so many are unknown that it is our list that has gaps."""
        yield from self._unread.claims()
        forms: dict[str, set[str]] = defaultdict(set)
        for unknown in self._unknown:
            forms[unknown.group].add(unknown.span.text)
        for unknown in self._unknown:
            known = len(self._known[unknown.group])
            missing = len(forms[unknown.group])
            programs = [unknown.program] if unknown.program else self.programs.all
            size = max(program.size for program in programs)
            # Alone, or in a text that may be no help, it takes a known one beside it.
            doubtful = not known and (not unknown.program or size < _FEW)
            has_gaps = missing > max(1, known // 2) or doubtful
            is_of_call = unknown.program is not None
            if has_gaps and not self._is_slip_only(unknown.span.text, of_call=is_of_call):
                yield not_judged("option", unknown.span, "not all options of the program are known")
            else:
                # A sentence may speak of another program's options among ours.
                agrees = bool(unknown.group) and missing == 1 and known >= _AGREED
                there = known + len(self._written[unknown.group])
                is_odd = bool(unknown.group) and there >= _MANY * missing
                yield self._false(unknown, agrees=agrees, is_odd=is_odd)

    def _doubt_of_call(self, walk: Walk, given: Given) -> str:
        program = walk.call.program
        value = f"={given.value.text}" if given.value else ""
        if not given.word.is_plain or is_made_up(given.word.text + value):
            return "a placeholder, or a path of keys"
        if self._is_usual(given.word.text):
            return _USUAL_DOUBT
        if not program.is_read:
            return _NOT_READ
        is_behind = walk.unknown is not None and not program.positionals.get(given.path)
        if given.is_loose and is_behind and not self._is_slip_only(given.word.text, of_call=True):
            return "it stands behind a subcommand that is not known"
        if given.is_loose and _passes_on(program, given.path):
            return "it may belong to the command that is run"
        if is_of_others(walk.said.section):
            return "the section is on other projects or times"
        return ""

    def _doubt(self, program: Program, form: str, path: str = "", *, in_list: bool = False) -> str:
        """Why an unknown option may be one after all; "" for no reason. A help text has no short forms."""
        if program.shortened(form) and not in_list:
            return f"it may be short for `{program.shortened(form)}`"
        if self.programs.takes_unknown_options(program):
            return _OPEN
        if not form.startswith("--") and self.programs.takes_unknown_letters(program):
            return "not all its short options are known"
        known = program.anywhere(form)
        if known is not None:
            return _other_place(program, known, path) or self._shared(program, form)
        switch = form.replace("--no-", "--", 1)
        if switch != form and program.anywhere(switch) is not None:
            return f"the opposite of `{switch}`, which code may make"
        literal = self.ground.mention(form, docs=False)
        if literal is not None:
            return f"{literal.path}:{literal.line} names it"
        if len(form) < 4 or _is_run_together(form, program):
            return ""
        place = place_in(coded(form), program.files, self.ground)
        return f"{place.path}:{place.line} has a name like it" if place else ""

    def _shared(self, program: Program, form: str) -> str:
        """Why an option of other commands may be one of all; "" where each place of it is one of theirs."""
        texts = (self.ground.repo.read(path) or b"" for path in program.files)
        times = sum(len(quoted(form).findall(text)) for text in texts)
        known = sum(form in options for options in program.options.values())
        return "code names it where no command is seen to take it" if times > known else ""

    def _is_usual(self, form: str) -> bool:
        return form in _USUAL and not self._is_slip_of_own(form)

    @cached_property
    def _speaks_of_ours(self) -> bool:
        """Whether a program is installed, or the page names it: the others are helpers of ours alone."""
        known = [*self.programs.by_name.values()]
        is_named = any(p.name.rpartition("/")[2] in self._source for p in known)
        return not self.programs.all or is_named or any(p.place is not None for p in known)

    def _is_slip_of_own(self, form: str) -> bool:
        known = (f for program in self.programs.all for f in program.forms() if len(f) > 4)
        return any(is_slip(form.lstrip("-"), f.lstrip("-")) for f in known)

    def _is_slip_only(self, form: str, *, of_call: bool = False) -> bool:
        """Whether it is a slip of a known option, and nothing in the repository has it.

        In a call, those that the sources write out are known as well.
        """
        if len(form) < 5 or self.ground.incomplete or self.ground.mention(form) is not None:
            return False
        return self._is_slip_of_own(form) or (of_call and bool(self._written_out.meant(form)))

    def _literal(self, program: Program, form: str) -> Evidence | None:
        """Where the code of a program has an option literally: a hidden one, or one not understood."""
        if len(form) < 5 or not form.startswith("--"):
            return None
        return place_in(quoted(form), program.files, self.ground)

    def _named(self, form: str) -> Evidence | None:
        """Where code has an option in quotes, dashes and all."""
        if len(form) < 5 or not form.startswith("--"):
            return None
        return self.ground.find(form, quoted_form(form))

    def _false(self, unknown: _Unknown, *, agrees: bool, is_odd: bool) -> Claim:
        """The claim; `agrees`: page and code agree on all other options that stand with it, `is_odd`: on many."""
        span, program = unknown.span, unknown.program
        whose = (
            f"`{program.name} {unknown.path}`".replace(" `", "`") if program else "any program here"
        )
        other = program.anywhere(span.text) if program else None
        if program and other:
            place = f"{program.name} {other.scope}".rstrip()
            return false(
                "option", span, f"`{span.text}` is not an option of {whose}, but of `{place}`",
                evidence=other.evidence, whole=True,
            )  # fmt: skip
        programs = [program] if program else self.programs.all
        forms = [form for p in programs for form in p.forms(unknown.path) if len(form) > 2]
        best = _nearest(span.text, forms) or self._same(span.text, forms, programs)
        hint = f"; did you mean `{best}`?" if best else ""
        fact = next((f for p in programs if (f := p.anywhere(best))), None) if best else None
        declared = fact.evidence if fact else self._written_out.dashed.get(best)
        return false(
            "option", span, f"`{span.text}` is not an option of {whose}{hint}", suggestion=best,
            evidence=declared or programs[0].place,
            certain=bool(best) and is_slip(span.text.lstrip("-"), best.lstrip("-")),
            whole=span.text.startswith("--")
            and (is_odd or (agrees and self._is_whole(programs, unknown.path))),
        )  # fmt: skip

    def _same(self, form: str, known: list[str], programs: list[Program]) -> str:
        """The option that says the same in another word, or that the sources write out nearly so."""
        if any(self.programs.borrows_options(program) for program in programs):
            return self._written_out.meant(form)
        same = next((other for other in known if is_renamed(form, other)), "")
        files = {path for program in programs for path in program.files}
        return same or self._written_out.like(form, files)

    def _is_whole(self, programs: list[Program], path: str) -> bool:
        """Whether the options of the one program that is meant were read where it declares them."""
        if len(programs) != 1 or self.programs.borrows_options(programs[0]):
            return False
        return programs[0].is_declared and bool(programs[0].options.get(path))


def _nearest(form: str, known: Iterable[str]) -> str:
    """The known option whose name is most like a wrong one."""
    # Of `-color` and `--color`, the one with as many dashes stands last and is kept.
    order = sorted(known, key=lambda other: other[:2].count("-") == form[:2].count("-"))
    names = {other.lstrip("-+"): other for other in order}
    return names.get(nearest(form.lstrip("-+"), names, cutoff=0.66), "")


def _other_place(program: Program, known: Fact, path: str) -> str:
    """Why an option of another subcommand may hold here; "" where the one here is surely read."""
    if not path or not program.is_declared or not program.options.get(path):
        return "an option of another command of the program"
    above = not known.scope or path.startswith(known.scope + " ")
    return "an option of the command above it" if above else ""


def _is_run_together(form: str, program: Program) -> bool:
    """Whether it is `--dryrun` for a known `--dry-run`: a name like it in the code is that option's."""
    return "-" not in form[2:] and "_" not in form and any(
        form[2:] == known[2:].replace("-", "") for known in program.forms() if known.startswith("--")
    )  # fmt: skip


def _is_combined(program: Program, form: str, path: str) -> bool:
    """Whether it is `-xvf`, short options in one word, the last with its value."""
    if form.startswith("--") or len(form) < 3:
        return False
    for letter in letters(form):
        fact = program.option(letter, path)
        if fact is None:
            return False
        if fact.detail.get("takes") == "value":  # the rest is its value
            return True
    return True


def _passes_on(program: Program, path: str) -> bool:
    """Whether what follows an operand may be another command with its own options."""
    names = {fact.value.lower().strip("<>[].") for fact in program.positionals.get(path, [])}
    return bool(names & _COMMANDS)


_COMMANDS = frozenset(
    "command commands cmd cmdline args argv arguments program script exec executable command_line cmd_args rest "
    "passthrough extra_args remainder params options".split()
)
