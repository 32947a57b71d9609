"""Whether a change that was seen once is still there: then it cannot be seen a second time."""

from __future__ import annotations

from contract_tests.calls.pointer import MISSING
from contract_tests.world.snapshot import Change, at_place, taken
from contract_tests.world.world import World


def lasts(world: World, change: Change) -> bool:
    """Say whether a server still shows what a change has left.

    Never of what came, which anybody may have made, nor where no document (and so nobody who wrote
    roles down) tells what changes by itself.
    """
    listing = world.roles.resource(change.resource).list
    if listing is None or not listing.source or change.before is MISSING:
        return False
    shown = taken(world).lists.get(change.resource)
    if shown is None:
        return False
    if not change.place:
        return shown.complete and change.id not in shown.items
    item = shown.items.get(change.id, MISSING)
    return item is not MISSING and bool(at_place(item, change.place) == change.after)
