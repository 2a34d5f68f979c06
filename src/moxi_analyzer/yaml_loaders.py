"""YAML documents as plain values, for `formats`: apart, because yaml takes long to import."""

from __future__ import annotations

from typing import Any

import yaml

from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern

_MAX_ALIASES = 200
_MAX_CALM_BRACKETS = 2_000
_NESTED_ON_A_LINE = lazy_pattern(r"(?:[-?:][ \t]+){40}")
_ALIAS = lazy_pattern(r"(?<![^\s,\[{])\*\w")


class _BoundedLoader(yaml.SafeLoader):
    """A safe loader that refuses alias bombs and reads unknown tags as plain values."""

    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > _MAX_ALIASES:
                raise ManifestError("more YAML aliases than any real file has")
        return super().compose_node(parent, index)


def _any_tag(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


class _FastLoader(yaml.CSafeLoader):
    """libyaml: ten times faster, but it recurses in C, without bounds."""


_BoundedLoader.add_multi_constructor("", _any_tag)
_FastLoader.add_multi_constructor("", _any_tag)


def _is_calm(text: str) -> bool:
    """Whether a YAML text can neither nest nor repeat itself far enough to harm libyaml."""
    return (
        text.count("[") + text.count("{") <= _MAX_CALM_BRACKETS
        and not _NESTED_ON_A_LINE.search(text)
        and sum(1 for _ in _ALIAS.finditer(text)) <= _MAX_ALIASES
    )


def first_document(text: str) -> Any:
    """The first document of a YAML file as plain values."""
    if "\t\n" in text:  # harmless to every other reader of YAML
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    try:
        loader: Any = _FastLoader(text) if _is_calm(text) else _BoundedLoader(text)
        try:
            return loader.get_data() if loader.check_data() else None
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ManifestError(f"not valid YAML: {first}") from error
