"""Environment variables: in code spans, shell code, `.env` blocks and tables."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import CodeBlock, Document, InlineCode, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.elsewhere import is_other_tool, links_to_others
from moxi_check.kinds.env_like import variations
from moxi_check.kinds.env_lists import odd_ones
from moxi_check.kinds.flags import is_of_others
from moxi_check.kinds.inputs import keys_of_steps
from moxi_check.kinds.meanings import is_renamed
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import own_names, told, unwrapped, values_of
from moxi_check.literal import coded, place_in
from moxi_check.shell import SHELLS, Word, is_placeholder
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"env_var": "an environment variable is one that the code reads"}

_NAME = lazy_pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_IN_CODE = lazy_pattern(r"\$?\{?(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\}?(?:=\S*)?")
# Where a block sets or reads a variable: `export X=…`, `X=… demo`, `-e X`, `$X`, `X: …`.
_IN_BLOCK = lazy_pattern(
    r"(?<![\w.$/{%-])(?:export\s+|set\s+|setx\s+|-e\s+|--env[= ]|ENV\s+|ARG\s+|-\s+|\$env:|[\"'])?"
    r"(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[\"']?(?:\s?=|\s?:(?=\s|$))"
    r"|\$\{?(?P<read>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b|(?:-e|--env) (?P<passed>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b"
)
_SETS = lazy_pattern(r"\bEnvironment=")  # a unit of systemd
_SET_ALONE = lazy_pattern(
    r"(?m)^\s*(?:export\s+)?(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=(?:\$\(.*|\S*)$"
)
# What a script asks for before it sets it: it is for itself.
_GUARD = lazy_pattern(
    r"(?s)(?:\bdefined\s+|(?:\[|\btest)\s[^\n]{0,20}-[zn]\s+\"?\$\{?)(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b"
    r".{0,400}?(?:\bset\s+\"?|\bexport\s+|^\s*)(?P=name)=",
    re.M,
)
_OF_COMPILERS = lazy_pattern(
    r"(?i)\b(?:compil\w+[^.\n]{0,40}\b(?:flags?|options?|definitions?|macros?|settings?)|preprocessor|#define|macros?|"
    r"build (?:flags?|options?)|cmake options?)\b"
)
# What an example of a rule for names says.
_RULE = lazy_pattern(
    r"(?i)\b(?:expressed|becomes?|maps? (?:on)?to|mapped|translat\w+|correspond\w*|convert\w*|e\.g|for example|for instance|"
    r"such as|prefix\w*|would be|uppercase\w*)\b|\breplac\w+\b[^.\n]{0,40}(?:\b(?:dash|hyphen|dot|underscore)|[`\"'][-_.])"
)
_BEGINNING = lazy_pattern(r"(?i)\b(?:prefix\w*|beg[iau]n\w*|start(?:s|ing)? with)\b")
_LANGUAGES = SHELLS | frozenset(
    "env dotenv properties ini dosini yaml yml dockerfile docker toml text txt plaintext makefile docker-compose".split()
)
# Variables of others that any program may be told of.
_FOREIGN = lazy_pattern(
    r"(?:XDG|LC|GITHUB|GH|GITLAB|CI|PYTHON|PIP|UV|POETRY|NODE|NPM|YARN|AWS|AZURE|GCP|GCLOUD|LD|DYLD|JAVA|MAVEN|GRADLE|CARGO|RUST|"
    r"RUSTUP|GIT|DOCKER|COMPOSE|BUILDKIT|SSH|CMAKE|GOOGLE|OPENAI|ANTHROPIC|HF|CUDA|NVIDIA|ANDROID|HOMEBREW|DOTNET|ASPNETCORE|"
    r"SPARK|HADOOP|POSTGRES|MYSQL|REDIS|MONGO|MONGODB|KUBE|HELM|TF|VAULT|OTEL|SENTRY|SLACK|DISCORD|TELEGRAM|STRIPE|TWILIO|HTTP|HTTPS|NO|ALL|"
    r"FORCE|TERM|VIRTUAL|CONDA|JUPYTER|FLASK|DJANGO|RAILS|RACK|BUNDLE|GEM|RBENV|PYENV|NVM|FZF|BAT|LESS|MAKE|CC|CXX|PKG|VITE|NEXT|"
    r"REACT|VUE|NUXT|AUTH|AUTH0|CLERK|SPRING|SERVER|QUARKUS|MICRONAUT|KC|KEYCLOAK|GF|DD|RABBITMQ|MINIO|ELASTIC|CELERY|GUNICORN|NGINX|"
    r"MARIADB|CLICKHOUSE|INFLUXDB|EXPO|FIREBASE|SUPABASE|VERCEL|NETLIFY|HEROKU|CLOUDFLARE|WSL|QT|GTK|WAYLAND|DBUS|SYSTEMD|ZSH|BASH|FISH|MY|YOUR)_"
)
_PROXY = lazy_pattern(r"(?:HTTPS?|FTP|ALL|NO)_PROXY")
_COMPOSED = lazy_pattern(
    rb"env_prefix|SetEnvPrefix|auto_envvar_prefix|envconfig|AutomaticEnv|env_nested|SettingsConfigDict|environ\.Env|"
    rb"EnvironmentVariables|ConfigurationProperties|convict|Figment|envvar_prefix|Dynaconf|@Value\(|prefixed_with|with_prefix|envPrefix|env\.Parse"
)
# Code that takes every variable whose name begins so: `/^demo_/i.test(key)`, `startsWith("DEMO_")`.
# Or makes the name of what it reads: `"DEMO_%s" % name`, `"DEMO_" + name`, `f"DEMO_{name}"`.
_READS_ALL = (
    rb"(?:(?i:starts?_?with\??|has_?prefix|(?:strip|trim|cut|remove)_?prefix)[^\n\"'`]{0,40}[\"'`]|[/\"'`]\^)(?i:%s)"
    rb"|[\"'`]%s(?:%[sv]|[#$]?\{|[\"'`]\s*(?:\+|\.\s|\|\||<>))"
)
_ENVIRONMENT = lazy_pattern(rb"(?i)environ|\benv\b|getenv|env::vars")
_GENERIC = lazy_pattern(
    r"(?:API|ACCESS|SECRET|AUTH|KEY|TOKEN|ID|URL|URI|DB|CLIENT|USER|NAME|PATH|HOST|PORT|_)+"
)
_NOT_VARIABLE = lazy_pattern(
    r"(?i)\b(?:constants?|enum|macros?|error code|errno|flags?|define|status|event|type|field|column|table|placeholder|replace)\b"
)
# What a program that ours wraps calls it: "(native: `X`)", "its native variable is `X`".
_WRAPPED = lazy_pattern(
    r"(?i)\b(?:native|upstream)(?:\s+(?:env\w*\s+)?(?:var\w*|names?))?(?:\s+(?:is|are))?\s*:?\s*`?$"
)
# So many variables that the code reads, within so many lines, tell that another is one as well.
_OTHERS, _BESIDE = 2, 6


@dataclass(frozen=True, slots=True)
class _Said:
    """A name that a page gives; `sets` where it is certainly a variable of the environment.

    `ours`: it is given to the repository's own action; `leads`: a line or item begins with it;
    `wrapped`: it is told as that of a program that ours wraps.
    """

    span: Span
    sets: bool
    section: tuple[str, ...]
    around: str = ""
    ours: bool = False
    leads: bool = False
    wrapped: bool = False


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Names of variables, held against those that the code reads and all that it names."""
    judge = _Judge(ground, frozenset(link.line for link in links_to_others(document, ground)))
    said = [*_in_codes(document), *_in_blocks(document, ground)]
    known = {each.span.text for each in said if judge.is_known(each.span.text)}
    judge.shown = frozenset(name for name in {each.span.text for each in said} if judge.place(name))
    judge.odd = odd_ones(document, _name_in, lambda name: judge.place(name) is not None)
    judge.of_tools = frozenset(_of_tools(document, ground))
    judge.read = [(each.span.line, each.span.text) for each in said if each.span.text in known]
    for each in said:
        yield judge.judge(each, known)


def _name_in(code: str) -> str:
    found = _IN_CODE.fullmatch(code.strip())
    return found["name"] if found else ""


def _of_tools(document: Document, ground: Ground) -> Iterator[str]:
    """Variables set for a tool of others that has our name in its own: `DEMO_KEY=… demox run`."""
    for one in told(document):
        tool = next((word.text for word in unwrapped(one.words)), "")
        for word in one.command.variables:
            name = word.text.partition("=")[0]
            is_named = tool.upper().startswith(name.partition("_")[0])
            # A script that is fetched and piped into a shell reads its own: `curl … | DEMO_DIR=x sh`.
            if (one.command.piped and tool in {"sh", "bash", "zsh"}) or (
                is_named and is_other_tool(tool, document, ground)
            ):
                yield name
        yield from _of_image(one.words, ground)


def _of_image(words: tuple[Word, ...], ground: Ground) -> Iterator[str]:
    """Variables given to an image of others: `docker run -e RABBIT_USER=x rabbit:3`."""
    texts = [word.text for word in words]
    if texts[:2] not in (["docker", "run"], ["podman", "run"]):
        return
    given = list(values_of(words, "-e", "--env"))
    rest = {word.text.lower() for word in words[2:]} - {word.text.lower() for word in given}
    named = any(name in text for text in rest for name in own_names(ground))
    is_local = any(text.startswith(("<", "$", ".")) for text in rest)
    if not named and not is_local:
        yield from (word.text.partition("=")[0] for word in given)


def _in_codes(document: Document) -> Iterator[_Said]:
    for code in document.codes:
        found = _IN_CODE.fullmatch(code.text.strip())
        if found:
            yield _said_in_code(code, found["name"])
        elif "\n" not in code.text and "://" not in code.text:
            for read in _IN_BLOCK.finditer(code.text[:400]):
                group = read.lastgroup or "name"
                span = Span(read[group], code.line, code.column + read.start(group))
                yield _Said(span, True, code.section)


def _said_in_code(code: InlineCode, name: str) -> _Said:
    around = f"{code.before} {code.after}"
    sets = "$" in code.text or "env" in around.lower() or "=" in code.text
    span = Span(name, code.line, code.column + code.text.index(name))
    leads = not re.search(r"\w", code.before.rpartition("\n")[2])
    return _Said(
        span,
        sets or "nv" in " ".join(code.section),
        code.section,
        around,
        leads=leads,
        wrapped=bool(_WRAPPED.search(code.before)),
    )


def _in_blocks(document: Document, ground: Ground) -> Iterator[_Said]:
    for block in document.blocks:
        if block.language and block.language not in _LANGUAGES:
            continue
        made = _helpers(block)
        of_steps = {(key.line, key.text) for key in keys_of_steps(block, "env", ground)}
        for line in block.lines():
            for found in _IN_BLOCK.finditer(line.text[:400]):
                group = found.lastgroup or "name"
                name = found[group]
                if name in made:
                    continue
                made.add(name)
                column = line.column + found.start(group)
                ours = (line.line, name) in of_steps
                sets = ours or _sets(block) or bool(_SETS.search(line.text))
                span = Span(name, line.line, column)
                leads = group == "name"
                yield _Said(span, sets, block.section, block.lead, ours, leads)


def _helpers(block: CodeBlock) -> set[str]:
    """Variables that shell code sets for its own next lines: `TAG=$(…)`, then `curl …$TAG`."""
    found = set[str]()
    for helper in _SET_ALONE.finditer(block.text):
        name = helper["name"]
        if re.search(rf"\$(?:{name}\b|\{{{name}\b)", block.text[helper.end() :]):
            found.add(name)
    found.update(name for guard in _GUARD.finditer(block.text) if (name := guard["name"]))
    return found


def _sets(block: CodeBlock) -> bool:
    return block.language not in {"yaml", "yml", "toml", "ini", "makefile"}


class _Judge:
    """Judges the variables of one page."""

    def __init__(self, ground: Ground, others: frozenset[int]) -> None:
        self.ground = ground
        self._others = others  # lines that link to other projects

    of_tools: frozenset[str] = frozenset()  # variables that the page sets for tools of others
    odd: frozenset[str] = frozenset()  # names that alone of their list are not known
    shown: frozenset[str] = frozenset()  # names of the page that stand in the repository
    read: Sequence[tuple[int, str]] = ()  # names of the page that the code reads, with their lines

    def place(self, name: str) -> Evidence | None:
        """Where the repository names a variable."""
        return self.places.get(name) or self.ground.mention(name, docs=False)

    def is_known(self, name: str) -> bool:
        """Whether a fact has the variable."""
        return name in self.places

    @cached_property
    def places(self) -> dict[str, Evidence]:
        """All variables that the code reads, and settings that are spelled like them."""
        found: dict[str, Evidence] = {}
        for fact in self.ground.facts("env_var", "input", "option"):
            names = (
                fact.detail.get("env", "").split(", ") if fact.kind == "option" else [fact.value]
            )
            for name in names:
                if _NAME.fullmatch(name):
                    found.setdefault(name, fact.evidence)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """The project's own names, spelled like variables."""
        names = own_names(self.ground) | {f.value for f in self.ground.facts("bin")}
        return frozenset(name.upper() for name in names if name.isalnum())

    def is_foreign(self, name: str) -> bool:
        """Whether a variable is another program's, or a dependency's, by what its name begins with."""
        lead = name.partition("_")[0].lower()
        return bool(_FOREIGN.match(name)) or (
            not name.startswith(self._own_leads) and lead in self._words_of_dependencies
        )

    @cached_property
    def _words_of_dependencies(self) -> frozenset[str]:
        """The words in the names of dependencies: an SDK reads variables that begin with one."""
        names = (fact.value.lower() for fact in self.ground.facts("dependency"))
        return frozenset(word for name in names for word in re.split(r"[^a-z0-9]+", name))

    @cached_property
    def _own_leads(self) -> tuple[str, ...]:
        """What a variable named after the project begins with: `DEMO_KIT_`."""
        return tuple(re.sub(r"\W", "_", each).upper() + "_" for each in own_names(self.ground))

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """First words that the project's own variables share, and its names."""
        first = Counter(name.partition("_")[0] for name in {*self.places, *self.shown})
        shared = {word for word, count in first.items() if count > 1 and len(word) > 1}
        return self.names | shared

    def like(self, name: str) -> dict[str, Evidence]:
        """Variables that code reads and that differ from a name in one word, or go on behind it."""
        if name not in self._like:
            self._like[name] = dict(variations(name, self.ground))
        return self._like[name]

    @cached_property
    def _like(self) -> dict[str, dict[str, Evidence]]:
        return {}

    def meant(self, said: _Said) -> str:
        """A variable that is read, or that the page shows elsewhere, of which a name is a slip."""
        name = said.span.text
        foreign = self.is_foreign(name) and not said.ours
        more = () if foreign else (*sorted(self.shown), *self.like(name))
        others = (*self.places, *more)
        return next((other for other in others if is_slip(name, other)), "")

    def _is_slip(self, said: _Said) -> bool:
        """Whether a name is a variable that is read but for a slip, and not several of it."""
        meant = self.meant(said)
        return bool(meant) and meant.rstrip("S") != said.span.text.rstrip("S")

    def renamed(self, name: str) -> str:
        """A variable that is read and says what a name says with another word."""
        others = (*self.places, *self.like(name))
        return next((other for other in others if is_renamed(name, other)), "")

    def composes(self, name: str) -> bool:
        """Whether code may make the name of a prefix and one of its own names."""
        return place_in(coded(name.partition("_")[2]), self._composed, self.ground) is not None

    def spells(self, name: str) -> bool:
        """Whether code that makes names has the rest of a name in quotes, words run together: `"apiKey"`."""
        letters = "[-_.]?".join(name.partition("_")[2].replace("_", ""))
        pattern = re.compile(rf"(?i)[\"'`]{letters}[\"'`]".encode())
        return place_in(pattern, self._composed, self.ground) is not None

    @cached_property
    def _composed(self) -> list[str]:
        """The sources beside those that put a prefix before names: settings are declared near by."""
        sources = [p for p, entry in self.ground.repo.files.items() if entry.role == "source"]
        makers = [p for p in sources if place_in(_COMPOSED, [p], self.ground) is not None]
        folders = {posixpath.dirname(path) for path in makers}
        return [path for path in sources if posixpath.dirname(path) in folders]

    def reads_all(self, prefix: str) -> bool:
        """Whether code takes all variables that begin with `DEMO_`, whatever they are called."""
        pattern = re.compile(_READS_ALL.replace(b"%s", prefix.encode()))
        places = (self.ground.find(part, pattern) for part in (prefix, prefix.lower()))
        read = (self.ground.repo.read(place.path) or b"" for place in places if place)
        return any(_ENVIRONMENT.search(content) for content in read)

    def makes(self, name: str) -> bool:
        """Whether a file that reads the environment has the first words of a name alone in quotes."""
        for at in re.finditer("_", name):
            head = re.escape(name[: at.start()])
            for found, _ in self.ground.all_matches(
                name[: at.start()], re.compile(rf"[\"'`]{head}_?[\"'`]".encode())
            ):
                if _ENVIRONMENT.search(found.string):
                    return True
        return False

    def judge(self, said: _Said, known: set[str]) -> Claim:
        """The verdict on one name."""
        span, name = said.span, said.span.text
        if name in self.places:
            return true("env_var", span, self.places[name])
        place = self.place(name)
        if place is not None:
            return true("env_var", span, place, "the repository names it")
        doubt = self._doubt(said, known)
        if doubt:
            return not_judged("env_var", span, doubt)
        best = self.meant(said) or self._nearest(name) or self._part_of(said)
        best = best or self.renamed(name)
        hint = f"; did you mean `{best}`?" if best else ""
        return false(
            "env_var", span, f"nothing here reads `{name}`{hint}", suggestion=best,
            evidence=self.like(name).get(best) or (self.place(best) if best else None),
            certain=bool(best) and is_slip(name, best),
        )  # fmt: skip

    def _doubt(self, said: _Said, known: set[str]) -> str:
        """Why a variable that stands nowhere may be right; "" for no reason."""
        name = said.span.text
        if is_placeholder(name) or name.endswith("_HERE") or "XXX" in name:
            return "a placeholder"
        if _PROXY.fullmatch(name):
            return "nearly every program reads it"
        if is_of_others(said.section) or said.wrapped:
            return "it is told of other projects or times"
        foreign = self.is_foreign(name)
        is_odd = name in self.odd and not foreign
        other = _NOT_VARIABLE.search(said.around)
        is_flag = other is not None and other[0].lower().startswith("flag")
        is_variable = said.sets or is_odd or (is_flag and self._is_slip(said))
        if other and not is_variable:
            return "it may be no variable of the environment"
        if name in self.of_tools:
            return "the page sets it for a tool of others"
        if self.ground.mention(name) is not None:
            return "only pages of documentation name it"
        if any(self.reads_all(name[: at.end()]) for at in re.finditer("_", name)):
            return "the code reads all variables that begin so"
        if name.partition("_")[0] in self.prefixes and self.spells(name):
            return "names of variables are made up by the code"
        if self.meant(said):
            return ""
        if _OF_COMPILERS.search(f"{said.around} {' '.join(said.section[-1:])}"):
            return "it may be a flag of a compiler"
        if said.span.line in self._others:
            return "it may be a variable of the project that is linked"
        # A long name without our own name before it is hardly another's, nor is one among ours.
        is_long = (
            said.sets
            or name.count("_") > 1
            or (said.leads and self._is_beside(said) and not foreign)
        )
        if is_long and self._part_of(said) and not _BEGINNING.search(said.around):
            return ""
        if _RULE.search(said.around):
            return "it may be an example of how names are made"
        if self.makes(name):
            return "code puts something before such names"
        if is_odd and not self.composes(name):
            return ""
        is_meant = nearest(name, self.places, cutoff=0.8) or (
            self.renamed(name) and not self.composes(name)
        )
        if (said.sets or self._is_beside(said)) and not foreign and is_meant:
            return ""
        prefix = name.partition("_")[0]
        ours = any(other.startswith(prefix + "_") for other in (*known, *self.shown))
        if prefix not in self.prefixes or (foreign and (prefix not in self.names or not ours)):
            return "it may be a variable of another program"
        if self.composes(name):
            return "names of variables are made up by the code"
        return "" if said.sets or known else "it may be no variable of the environment"

    def _nearest(self, name: str) -> str:
        """The variable most like a name: of those that begin alike, if there are any."""
        lead = name.partition("_")[0] + "_"
        kin = [other for other in self.places if other.startswith(lead)]
        return nearest(name, kin or self.places, cutoff=0.65)

    def _is_beside(self, said: _Said) -> bool:
        """Whether variables that the code reads stand around: then it is one of the environment too."""
        line = said.span.line
        return len({name for at, name in self.read if abs(at - line) <= _BESIDE}) >= _OTHERS

    def _part_of(self, said: _Said) -> str:
        """A variable of which a name is the beginning or the end: `DEMO_API` of `DEMO_API_KEY`."""
        name = said.span.text
        if _GENERIC.fullmatch(name):
            return ""
        foreign = self.is_foreign(name)
        shown = sorted(self.shown) if said.ours else ()
        if said.sets and not foreign:
            shown = shown or [other for other in sorted(self.shown) if other.startswith(f"{name}_")]
        if foreign and not said.ours and not _FOREIGN.match(name):
            return ""  # a dependency reads more variables than those that are named here
        known = (*self.places, *shown, *(() if foreign else self.like(name)))
        ends = (o for o in known if o.startswith(name + "_") or o.endswith("_" + name))
        led = (f"{lead}_{name}" for lead in sorted(self.prefixes))
        return next(ends, "") or next((o for o in led if self.ground.mention(o, docs=False)), "")
