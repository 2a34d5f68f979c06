"""A card is written again: only our marked parts change, and of those only what nobody touched."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from moxi_card import metadata
from moxi_infer.edits import Edit, joined
from moxi_infer.outline import Outline
from moxi_infer.update import is_intact


@dataclass(frozen=True, slots=True)
class Kept:
    """A card, and what of the old one was kept though we would write it otherwise."""

    card: str
    kept: tuple[str, ...]


def rewritten(old: str, new: str, *, frozen: Collection[str] = (), force: bool = False) -> Kept:
    """The card `old` with our parts as `new` has them.

    Parts of `frozen` kinds stay as they are. A part that a person changed stays, unless `force`; one
    that is gone stays gone. Raises CardError for metadata that cannot be read.
    """
    old_data, old_body = metadata.split(old)
    new_data, new_body = metadata.split(new)
    data, kept = metadata.merged({} if force else old_data, old_body, new_data)
    if force:
        data = {**old_data, **new_data}
    body, parts = _body(old_body, new_body, frozen, force=force)
    changed = not metadata.is_as_written(old)
    return Kept(metadata.joined(data, body, new_data, changed=changed), (*kept, *parts))


def _body(old: str, new: str, frozen: Collection[str], *, force: bool) -> tuple[str, list[str]]:
    before, after = Outline(metadata.without_seals(old)), Outline(metadata.without_seals(new))
    fresh = {
        region.kind: after.text[after.starts[region.start] : after.end_of(region.end)]
        for region in after.regions
    }
    edits: list[Edit] = []
    kept: list[str] = []
    for region in before.regions:
        if region.kind not in fresh or region.kind in frozen:
            continue
        start, end = before.starts[region.start], before.end_of(region.end)
        if before.text[start:end] == fresh[region.kind]:
            continue
        if is_intact(before, region) or force:
            edits.append(Edit(start, end, fresh[region.kind]))
        else:
            kept.append(region.kind)
    kept += [kind for fault in before.faults for kind in sorted(fault.kinds)]
    return joined(before.text, edits, "\n"), kept
