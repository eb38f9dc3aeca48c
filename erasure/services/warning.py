"""Alarms about companies: raised where there is something to look at, cleared everywhere else."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from accounts import selectors as accounts
from audit import alarms

__all__ = ["of_counts", "tell"]


def tell(kind: alarms.AlarmKind, found: Mapping[UUID, Sequence[str]]) -> None:
    """Raise or clear an alarm at each company, by the codes of what was found there."""
    for controller_id, what in found.items():
        if what:
            alarms.raise_alarm(controller_id=controller_id, kind=kind, detail=" ".join(what))
        else:
            alarms.clear(controller_id=controller_id, kind=kind)


def of_counts(counts: Mapping[UUID, int]) -> dict[UUID, list[str]]:
    """What was counted, at every company."""
    everywhere = accounts.controllers().values_list("pk", flat=True)
    return {one: [str(counts[one])] if counts.get(one) else [] for one in everywhere}
