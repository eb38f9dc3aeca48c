"""What a reader gets of each field, and why not where they do not. Pure.

A field passes the matrix (role, purpose, relation, sensitivity), then the decision about its data
category, then the sources the reader's unit may see, then its freshness; the first that refuses it
says why. Nothing about a person's values is looked at before the first two have let it pass, so
that "no value" and "a value you may not see" are told apart by those alone who may see it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

SHOW, HIDE = "show", "hide"
ORDINARY: Final = "ordinary"


class Why(StrEnum):
    """Why a field is absent or not shown as it is."""

    ROLE = "role"  # no rule of the matrix shows it to this role for this purpose and relation
    SENSITIVE = "sensitive"  # a rule would, and it is not about data of this sensitivity
    DENIED = "denied"  # the decision about its category; `reason_code` and `since` say more
    RESTRICTED = "restricted"  # the same, because of where the person's record stands
    UNIT = "unit"  # only sources of other units have it
    UNAVAILABLE = "unavailable"  # its source did not answer, or is stopped
    STALE = "stale"  # older than its definition allows (DPDP s.8(3))
    UNKNOWN = "unknown"  # no source has it
    MASKED = "masked"  # shown, under the mask that `treatment` names


class Defined(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute as its definition describes it."""

    code: str
    title: str
    category: str
    kind: str = "text"
    sensitivity: str = ORDINARY
    fresh_for_days: int | None = None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the matrix, of one role, purpose and relation."""

    category: str
    treatment: str
    attribute: str = ""
    sensitivity: str = ORDINARY


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The decision about a data category, as a reader is told it."""

    permit: bool
    reason_code: str = ""
    text: str = ""
    since: datetime | None = None
    is_standing: bool = False  # because of where the record stands: restricted, erasing and so on


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of an attribute: a value, or only that it has one or did not answer."""

    source: str
    observed_at: datetime | None = None
    value: Any = None
    sensitivity: str = ORDINARY
    verified_by: str = ""
    is_of_other_unit: bool = False
    is_unavailable: bool = False


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What the matrix and the decision say of a field, before any value is looked at."""

    defined: Defined
    treatment: str = HIDE
    why: Why | None = None
    ruling: Ruling | None = None


class FieldShown(msgspec.Struct, frozen=True, kw_only=True):
    """One field as the reader gets it. `value` is None where `why` says that it is absent."""

    code: str
    title: str
    category: str
    sensitivity: str
    treatment: str
    value: Any = None
    why: Why | None = None
    why_text: str = ""
    reason_code: str = ""
    since: datetime | None = None
    source: str = ""
    observed_at: datetime | None = None
    verified_by: str = ""


class SourceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A source of the profile: `state` is ok, unavailable or frozen."""

    code: str
    name: str
    unit: str
    state: str = "ok"
    observed_at: datetime | None = None


class DecisionShown(msgspec.Struct, frozen=True, kw_only=True):
    """The decision about the purpose as a whole, no category named."""

    permit: bool
    reason_code: str
    text: str
    rule: str
    policy_version: str
    since: datetime | None = None
    obligations: tuple[str, ...] = ()


class ProfileShown(msgspec.Struct, frozen=True, kw_only=True):
    """A person's profile as one reader gets it, each field with its value or the reason."""

    subject_id: UUID
    purpose: str
    role: str
    unit: str
    relation: str
    as_of: datetime
    decision: DecisionShown
    fields: tuple[FieldShown, ...]
    sources: tuple[SourceShown, ...]


Treat = Callable[[Defined, str, Any], Any]
"""The masked value of a field for a treatment; None where it cannot be masked that way."""


def plan(
    definitions: Iterable[Defined], cells: Iterable[Cell], rulings: Mapping[str, Ruling]
) -> tuple[Planned, ...]:
    """What becomes of each field before any value is looked at.

    `rulings` are by data category; a category without one is denied.
    """
    raise NotImplementedError


def fields(
    planned: Iterable[Planned],
    held: Mapping[str, Sequence[Held]],
    *,
    now: datetime,
    treat: Treat,
) -> tuple[FieldShown, ...]:
    """The fields of one person. `held` is what sources say, by attribute code."""
    raise NotImplementedError
