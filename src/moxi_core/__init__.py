"""Shared vocabulary of all Moxi packages: records, settings, errors, console."""

__version__ = "0.1.0"
