"""What kind of section a heading announces: those that we write, and those that only people do."""

from __future__ import annotations

import re

from moxi_core.section_names import kinds_of, shown

OTHER = "other"
# Kinds of training samples that no offline section has; words of the heading, lower case.
_MORE: dict[str, str] = {
    "configuration": r"(?:the )?(?:inputs?|outputs?|props|properties|parameters|arguments|attributes|flags)|(?:\w+ )?config\w*",
    "usage": r"(?:\w+ ){0,2}(?:command reference|commands?|user guide|guide|tutorial|workflows?)|cli (?:documentation|reference)|walkthrough|how to .*",
    "development": r"(?:running )?(?:the )?tests?|test suite|contributing code|releasing|debugging",
    "features": r"features?|key features|highlights|why .*|why|what .* does|capabilities|benefits|use cases|practical use cases|features at a glance|more features",
    "built_with": r"built with|tech(?:nology)? stack|technologies(?: used)?|stack|made with|powered by",
    "examples": r"(?:\w+ )?examples?|demos?|recipes?|cookbook|samples?|showcase|screenshots?|gallery|preview",
    "faq": r"faqs?|frequently asked questions|troubleshooting|known issues|common (?:problems|issues)|caveats",
    "roadmap": r"roadmap|to ?do|future (?:work|plans)|planned|status|project status",
    "contact": r"contacts?|support|help|community|getting help|chat|discussion|feedback|questions",
    "acknowledgements": r"acknowledge?ments?|credits?|thanks|inspiration|special thanks|related(?: projects)?|alternatives|see also",
    "changelog": r"change ?log|changes|release notes|releases|what'?s new|history|versioning|news",
    "sponsors": r"sponsors?|sponsoring|backers?|donat\w*|funding|supporters",
    "security": r"security(?: policy)?|reporting .*|vulnerabilit\w*|privacy",
    "contents": r"(?:table of )?contents|toc|index|on this page",
    "how_it_works": r"how (?:it|this|.*) works|architecture|design|internals|under the hood|principles|concepts",
    "compatibility": r"compatib\w*|supported .*|browser support|platforms?|limitations|performance|benchmarks?",
}
_PATTERNS = {kind: re.compile(rf"(?:{pattern})") for kind, pattern in _MORE.items()}


def section_kind(heading_path: tuple[str, ...], title: str = "", *, is_first: bool = False) -> str:
    """The kind of the innermost heading that tells one; `about` for what a page begins with.

    `title` is the project's name.
    """
    for depth in range(len(heading_path), 0, -1):
        heading = heading_path[depth - 1]
        kinds = kinds_of(heading, title)
        if kinds:
            return min(kinds, key=lambda kind: kinds[kind])
        words = " ".join(re.sub(r"[^\w' ]+", " ", shown(heading).lower()).split())
        found = next((k for k, p in _PATTERNS.items() if p.fullmatch(words)), "")
        if found:
            return found
    return "about" if is_first and len(heading_path) <= 1 else OTHER
