"""What kind of project a repository is, decided by facts, with the places that decided it."""

from __future__ import annotations

from moxi_analyzer.repository import Repository
from moxi_core.records import Fact, ProjectType


def project_type(repo: Repository, facts: tuple[Fact, ...]) -> ProjectType:
    """Stub."""
    return ProjectType(name="unknown")
