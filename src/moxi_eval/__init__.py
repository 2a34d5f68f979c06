"""Measures writers and checkers of READMEs on real repositories."""
