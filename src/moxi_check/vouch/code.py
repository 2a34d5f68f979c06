"""Whether code in a sentence is the repository's: names, paths, options and commands to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from moxi_check.claim import Claim
from moxi_check.vouch.known import Known, plain_url
from moxi_core.patterns import lazy_pattern

_PLACEHOLDER = lazy_pattern(
    r"<[^<>]+>|\[[^\[\]]*\]|\{[^{}]*\}|\.\.\.|…|[A-Z]+|YOUR_\w+|\$\{?\w+\}?"
)
_MADE_OF = lazy_pattern(r"[.:#/@\\()\[\]{},=<>|&;*\"'`\s-]+")
_PROMPT = lazy_pattern(r"^[$>#%]\s+")
_OPTION = lazy_pattern(r"(--?[A-Za-z][\w.-]*)(?:[=:](.*))?")
_TOOLS = frozenset(
    """
    npm npx yarn pnpm bun deno node pip pip3 pipx uv poetry pdm conda python python3 cargo rustup go make cmake ctest meson ninja
    just task gem bundle bundler rake ruby rails composer php mvn gradle ./gradlew ./mvnw dotnet nuget swift dart flutter mix
    cabal stack lein clojure docker docker-compose podman kubectl helm git cd brew apt apt-get sudo curl tox nox pytest sh bash
    """.split()
)

# What ordinary tools are told to do, which says nothing of this repository.
_ORDINARY = frozenset(
    "install add run i ci test build exec create init clone pull push up down compose get require update upgrade start stop "
    "-g -m -e -D -d -i -U -r -y -p -v --global --save-dev --dev --upgrade --user --release --locked --features --extra".split()
)


class Codes:
    """Doubts code spans against what is known of a repository."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def doubts(self, span: str, claims: Sequence[Claim], sentence: str) -> Iterator[str]:
        """What of a code span nothing vouches for, at most one reason."""
        text = _PROMPT.sub("", span.strip())
        if not text or text in self.known.values or self._is_said(text):
            return
        true = [claim.text for claim in claims if claim.verdict == "true"]
        if text in true:
            return
        tokens = text.split()
        if len(tokens) == 1:
            if not self._is_name(text, sentence, lone=True):
                yield f"`{text}` is not in the repository"
            return
        if self.known.place(text) is not None:
            return
        if not any(one in text for one in true) and not self._is_own_call(tokens):
            yield f"`{text}` is not in the repository"
            return
        for token in tokens:
            if token not in _TOOLS | _ORDINARY and not self._is_token(token, true, sentence):
                yield f"`{token}` in `{text}` is not in the repository"
                return

    def _is_said(self, text: str) -> bool:
        """Whether we write the same code ourselves."""
        pattern = rf"(?<![\w.-]){re.escape(text)}(?![\w-])"
        return len(text) > 1 and re.search(pattern, self.known.said) is not None

    def _is_own_call(self, tokens: list[str]) -> bool:
        programs = {
            fact.value
            for fact in self.known.facts
            if fact.kind in {"bin", "script", "make_target", "task"}
        }
        return tokens[0] in programs or tokens[0].removeprefix("./") in programs

    def _is_token(self, token: str, true: list[str], sentence: str) -> bool:
        bare = token.strip("\"'`,;()")
        if (
            not bare
            or bare in true
            or any(bare in one.split() for one in true)
            or bare in {"&&", "|", "||", ">", "\\"}
        ):
            return True
        return self._is_name(bare, sentence)

    def _is_name(self, text: str, sentence: str, *, lone: bool = False) -> bool:
        """Whether one word of code is the repository's; a `lone` one in capitals stands for no value."""
        known = self.known
        bare = text.strip("\"'").removesuffix("()").rstrip("/:,;") or text
        if text in known.values or bare in known.values:
            return True
        if (
            _PLACEHOLDER.fullmatch(bare)
            and not (lone and bare.isupper())
            and not _is_variable(bare)
        ):
            return True
        if re.match(r"(?i)[a-z]+://|www\.", bare):
            return plain_url(bare) in known.addresses or "localhost" in bare or "127.0.0.1" in bare
        if re.fullmatch(r"\d+(?:\.\d+)*", bare):
            return known.number(bare, sentence)
        if option := _OPTION.fullmatch(bare):
            return self._is_option(option[1]) and (
                not option[2] or self._is_name(option[2], sentence)
            )
        if bare.lower() == known.ground.snapshot.name.lower():
            return True
        path = bare.removeprefix("./")
        if known.ground.has(path.rstrip("/")) or (
            ("/" in path or "." in path) and known.ground.ending_in(path.rstrip("/"))
        ):
            return True
        if re.fullmatch(r"\*+(?:/\*+)*\.\w+", bare):
            return any(
                entry.path.endswith(bare.rpartition("*")[2])
                for entry in known.ground.snapshot.files
            )
        if known.place(bare) is not None:
            return True
        parts = [part for part in _MADE_OF.split(bare) if part]
        return (
            len(parts) > 1
            and not _is_path(bare)
            and all(self._is_part(part, sentence) for part in parts)
        )

    def _is_part(self, part: str, sentence: str) -> bool:
        if part.isdigit():
            return self.known.number(part, sentence)
        return part in self.known.values or self.known.place(part) is not None

    def _is_option(self, form: str) -> bool:
        if form in self.known.values:
            return True
        return len(form) > 2 and self.known.place(form) is not None  # -x stands anywhere


def _is_path(text: str) -> bool:
    return "/" in text and not text.startswith("@") and "://" not in text


def _is_variable(text: str) -> bool:
    """Whether capitals are the name of a variable rather than a placeholder: `DATABASE_URL`, `HOME`."""
    return "_" in text and not text.startswith("YOUR_") and text.isupper()


_CALLS = (
    r"npm (?:run|install|i|ci)|pip3? install|yarn|pnpm(?: run)?|bun(?: run)?|make|cargo|go (?:install|run|get|test|build)|gem install|just|task|"
    r"docker compose|docker run|npx|poetry|composer require|composer|dotnet|tox -e|nox -s|rake|mix|(?:\./)?gradlew?|(?:\./)?mvnw?|bundle exec|"
    r"swift run|php|python3? -m|deno task|deno|hatch run|pdm run|uv run|uv|poetry run|flutter|dart run|stack|cabal|lein|meson|invoke|inv|brew install|apt(?:-get)? install"
)
_NO_ARGUMENTS = (
    r"sure|it|the|an?|your|use|and|or|to|for|of|with|is|are|as|that|this|in|on|by|from|at|which|will|can|has|projects?|files?|builds?|crates?|"
    r"packages?|workspaces?|features?|scripts?|targets?|users?|images?|containers?|code|modules?|tasks?|commands?|tests?|itself|does|runs?|then|if|when"
)
_UNSPANNED = lazy_pattern(
    rf"(?<![\w`/.@-])(?:--[a-z][\w-]*|-[A-Za-z](?=[\s,.;:)]|$)|(?:{_CALLS})\s+(?!(?:{_NO_ARGUMENTS})\b)[a-z@.][\w@./:-]*[\w.](?<!\.)|"
    r"[A-Z][A-Z0-9]*_[A-Z0-9_]+|(?:[\w.-]+/)+[\w.-]*[\w-]\.\w{1,5}|(?:\./)?(?:[\w.-]+/)+(?=[\s,;:.)]|$)|"
    r"[\w-]+\.(?:py|js|ts|tsx|rs|go|rb|php|java|kt|c|cc|cpp|h|sh|md|rst|toml|ya?ml|json|cfg|ini|txt|lock|xml|cs|swift|dart|exs?|hs|clj|css|html|sql|ipynb)|"
    r"[A-Za-z_][\w.]*\(\))(?![\w`-]|\.\w)"
)


def spelled(sentence: str) -> str:
    """The sentence with back-ticks around what is code, so that it is judged as such."""
    parts = re.split(r"(`+[^`]*`+|\]\([^)]*\))", sentence)
    return "".join(
        p if n % 2 else _UNSPANNED.sub(lambda m: f"`{m[0]}`", p) for n, p in enumerate(parts)
    )
