"""click: commands, options and arguments from decorators (stub to be completed)."""

from __future__ import annotations

FRAMEWORKS = ()
