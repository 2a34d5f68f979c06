"""Reads a repository without running it: `analyze(path)` gives a RepoSnapshot."""

from moxi_analyzer.facts import analyze, open_repository

__all__ = ["analyze", "open_repository"]
