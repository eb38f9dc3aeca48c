"""What each role would see of an invented person, so that views are looked at before they count.

Pure: the same planning and masking as for real people, with nobody behind it (PRO-01).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from profiles.fields import Cell, Defined, FieldShown, Held, Ruling, fields, plan
from profiles.masks import masked

SOURCE: Final = "sample"
KEY: Final = b"the sample's tokens are nobody's"
ADDRESS: Final = {
    "lines": "14 Lake Road", "locality": "Pune", "region": "Maharashtra", "postcode": "411001",
    "country": "IN",
}  # fmt: skip
SAMPLES: Final[dict[str, Any]] = {
    "text": "Asha Sample", "integer": 48_250, "decimal": "1234.50", "boolean": True,
    "date": "1990-04-12", "moment": "2026-03-01T09:30:00Z", "choice": "first",
    "email": "asha@sample.example", "phone": "+919800000000", "address": ADDRESS,
}  # fmt: skip
PERMITTED: Final = Ruling(permit=True)


class Situation(StrEnum):
    """In which situation the invented person is."""

    PERMITTED = "permitted"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


def seen(
    definitions: Sequence[Defined],
    cells: Iterable[Cell],
    *,
    situation: Situation,
    now: datetime,
    choices: dict[str, str],
) -> tuple[FieldShown, ...]:
    """The fields as these cells show them. `choices` are values of attributes with a list."""
    rulings = {one.category: _ruling(situation, now) for one in definitions}
    held = {one.code: [_held(one, situation, now, choices)] for one in definitions}
    return fields(plan(definitions, cells, rulings), held, now=now, treat=_treat)


def _ruling(situation: Situation, now: datetime) -> Ruling:
    if situation is not Situation.WITHDRAWN:
        return PERMITTED
    return Ruling(permit=False, reason_code="CONSENT_WITHDRAWN", since=now - timedelta(days=3))


def _held(defined: Defined, situation: Situation, now: datetime, choices: dict[str, str]) -> Held:
    age = timedelta(days=1)
    if situation is Situation.STALE and defined.fresh_for_days is not None:
        age += timedelta(days=defined.fresh_for_days)
    value = choices.get(defined.code) or SAMPLES.get(defined.kind, SAMPLES["text"])
    return Held(source=SOURCE, observed_at=now - age, value=value, sensitivity=defined.sensitivity)


def _treat(defined: Defined, treatment: str, value: Any) -> Any:
    return masked(treatment, defined.kind, value, key=KEY)
