"""Code on a page: what it uses of our own package, language by language."""

from __future__ import annotations

from moxi_check.code.go import Go
from moxi_check.code.javascript import JavaScript
from moxi_check.code.python import Python
from moxi_check.code.rust import Rust
from moxi_check.code.uses import Language

LANGUAGES: tuple[type[Language], ...] = (Go, JavaScript, Python, Rust)
