"""One module per section: facts in, Markdown with evidence out. No facts, no section."""

from __future__ import annotations
