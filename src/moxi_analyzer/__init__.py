"""Reads a repository without running it: `analyze(path)` gives a RepoSnapshot."""

from moxi_analyzer.facts import analyze

__all__ = ["analyze"]
