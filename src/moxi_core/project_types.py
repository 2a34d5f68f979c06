"""What types of projects are called in a sentence."""

from __future__ import annotations

TYPE_WORDS = {
    "cli": "command-line tool",
    "library": "library",
    "web_application": "web application",
    "service": "service",
    "ml_project": "machine-learning project",
    "github_action": "GitHub Action",
    "editor_plugin": "editor plugin",
    "mobile_application": "mobile application",
    "game": "game",
    "monorepo": "repository of several packages",
    "documentation": "collection of documents",
    "website": "website",
    "scripts": "collection of scripts",
}


def type_words(project_type: str) -> str:
    """The words for a project's type, "" where it is not known."""
    return TYPE_WORDS.get(project_type, "")


def with_article(words: str) -> str:
    """The words with `a` or `an` before them."""
    return f"{'an' if words[:1].lower() in 'aeio' else 'a'} {words}"
