from moxi_analyzer.manifests import Manifest

MANIFESTS: tuple[Manifest, ...] = ()
