"""Shell projects."""

from __future__ import annotations

from moxi_analyzer.manifests import Manifest

MANIFESTS: tuple[Manifest, ...] = ()
