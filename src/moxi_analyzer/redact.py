"""Secrets never leave the repository (stub: to be completed)."""

from __future__ import annotations

from moxi_core.records import Fact


def redact(text: str) -> str:
    """The text with every secret replaced."""
    return text


def redact_fact(fact: Fact) -> Fact:
    """The fact with secrets in its value, text and details replaced."""
    return fact
