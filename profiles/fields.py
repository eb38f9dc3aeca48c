"""What a reader gets of each field, and why not where they do not. Pure.

A field passes the matrix (role, purpose, relation, sensitivity), then the decision about its data
category, then the sources the reader's unit may see, then its freshness; the first that refuses it
says why. Nothing about a person's values is looked at before the first two have let it pass, so
that "no value" and "a value you may not see" are told apart by those alone who may see it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

SHOW, HIDE = "show", "hide"
ORDINARY: Final = "ordinary"
TREATMENTS: Final = frozenset({SHOW, "partial", "token", "year", "region", "bucket"})
"""What shows something; whatever else a rule may say hides."""


class Why(StrEnum):
    """Why a field is absent or not shown as it is."""

    ROLE = "role"  # no rule of the matrix shows it to this role for this purpose and relation
    SENSITIVE = "sensitive"  # a rule would, and it is not about data of this sensitivity
    DENIED = "denied"  # the decision about its category; `reason_code` and `since` say more
    RESTRICTED = "restricted"  # the same, because of where the person's record stands
    UNIT = "unit"  # only sources of other units have it
    UNAVAILABLE = "unavailable"  # its source did not answer, or is stopped
    CONTESTED = "contested"  # joined records of the person have different values of it
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
    is_contested: bool = False


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What the matrix and the decision say of a field, before any value is looked at."""

    defined: Defined
    treatment: str = HIDE
    why: Why | None = None
    ruling: Ruling | None = None
    is_opened: bool = False  # beyond the view: revealed, or by broken glass
    is_of_any_unit: bool = False  # by broken glass alone


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
    is_beyond_view: bool = False


class SourceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A source of the profile: `state` is ok, unavailable, frozen or not_asked."""

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
"""The masked value of a field for a treatment; None where the treatment does not fit it."""
Opens = Callable[[str], bool]
"""Whether an attribute is open to the reader beyond the view."""

WORDS: Final = {
    Why.ROLE: "The view of this role does not show it for this purpose.",
    Why.SENSITIVE: "It is sensitive: it needs a rule of its own, and is in no list.",
    Why.DENIED: "Its use for this purpose is not permitted.",
    Why.RESTRICTED: "Its use is restricted.",
    Why.UNIT: "A source of another business unit has it.",
    Why.UNAVAILABLE: "Its source did not answer, or is not asked here.",
    Why.CONTESTED: "Joined records of the person say different things of it.",
    Why.STALE: "It is older than it may be to be relied on.",
    Why.UNKNOWN: "No source has it.",
    Why.MASKED: "It is masked for this role.",
}
STALE_CODE: Final = "ACCURACY_NOT_ASSURED"
NO_RULING: Final = Ruling(permit=False)
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


def nothing_opens(_code: str) -> bool:
    """No attribute is open beyond the view."""
    return False


def plan(
    definitions: Iterable[Defined],
    cells: Iterable[Cell],
    rulings: Mapping[str, Ruling],
    opens: Opens = nothing_opens,
    *,
    unmasks: Opens = nothing_opens,
    is_list: bool = False,
) -> tuple[Planned, ...]:
    """What becomes of each field before any value is looked at.

    `rulings` are by data category; a category without one is denied. What `opens` (broken glass)
    outweighs the matrix and the unit; what `unmasks` (a reveal) only a mask of the matrix in
    force, so that what is hidden stays hidden; neither a ruling. Nothing sensitive is in a list
    (PRO-07).
    """
    rules = {(one.category, one.attribute, one.sensitivity): one.treatment for one in cells}
    made = (
        _planned(one, rules, rulings, opens=opens(one.code), unmasks=unmasks(one.code))
        for one in definitions
    )
    return tuple(map(_listed, made) if is_list else made)


def fields(
    planned: Iterable[Planned],
    held: Mapping[str, Sequence[Held]],
    *,
    now: datetime,
    treat: Treat,
) -> tuple[FieldShown, ...]:
    """The fields of one person. `held` is what sources say, by attribute code."""
    return tuple(
        _absent(one, one.why) if one.why is not None
        else _field(one, held.get(one.defined.code, ()), now, treat)
        for one in planned
    )  # fmt: skip


def _listed(planned: Planned) -> Planned:
    if planned.defined.sensitivity == ORDINARY or planned.why is Why.ROLE:
        return planned
    return Planned(defined=planned.defined, why=Why.SENSITIVE)


def _planned(
    defined: Defined,
    rules: Mapping[tuple[str, str, str], str],
    rulings: Mapping[str, Ruling],
    *,
    opens: bool,
    unmasks: bool,
) -> Planned:
    treatment = _treatment(defined, rules, defined.sensitivity)
    is_opened = treatment != SHOW and (opens or (unmasks and treatment in TREATMENTS))
    if is_opened:
        treatment = SHOW
    if treatment not in TREATMENTS:
        is_sensitive = defined.sensitivity != ORDINARY
        other = is_sensitive and _treatment(defined, rules, ORDINARY) in TREATMENTS
        return Planned(defined=defined, why=Why.SENSITIVE if other else Why.ROLE)
    ruling = rulings.get(defined.category, NO_RULING)
    why = None if ruling.permit else Why.RESTRICTED if ruling.is_standing else Why.DENIED
    return Planned(
        defined=defined, treatment=treatment, why=why, ruling=ruling, is_opened=is_opened,
        is_of_any_unit=opens,
    )  # fmt: skip


def _treatment(
    defined: Defined, rules: Mapping[tuple[str, str, str], str], sensitivity: str
) -> str:
    """What the matrix does with an attribute: its own rule outweighs its category's."""
    own = rules.get((defined.category, defined.code, sensitivity))
    return own or rules.get((defined.category, "", sensitivity), HIDE)


def _field(one: Planned, held: Sequence[Held], now: datetime, treat: Treat) -> FieldShown:
    found, why = _chosen(one, held, now)
    if found is None or why is not None:
        return _absent(one, why or Why.UNKNOWN, found)
    if one.treatment == SHOW:
        return _shown(one, found, found.value, None)
    return _shown(one, found, treat(one.defined, one.treatment, found.value), Why.MASKED)


def _chosen(one: Planned, held: Sequence[Held], now: datetime) -> tuple[Held | None, Why | None]:
    """The newest fresh value that this reader may see, or the first reason why there is none."""
    known = [each for each in held if each.sensitivity in (ORDINARY, one.defined.sensitivity)]
    if held and not known:
        return None, Why.SENSITIVE
    own = [each for each in known if one.is_of_any_unit or not each.is_of_other_unit]
    if known and not own:
        return None, Why.UNIT
    answered = [each for each in own if not each.is_unavailable]
    if own and not answered:
        return None, Why.UNAVAILABLE
    certain = [each for each in answered if not each.is_contested]
    if answered and not certain:
        return None, Why.CONTESTED
    newest = max(certain, key=_order, default=None)
    if newest is None:
        return None, Why.UNKNOWN
    return newest, Why.STALE if is_stale(one.defined, newest, now) else None


def is_stale(defined: Defined, held: Held, now: datetime) -> bool:
    """Whether a value is too old to be shown; one of unknown age is, where age matters."""
    if defined.fresh_for_days is None:
        return False
    if held.observed_at is None:
        return True
    return now - held.observed_at > timedelta(days=defined.fresh_for_days)


def _order(held: Held) -> tuple[datetime, str]:
    return held.observed_at or _LONG_AGO, held.source


def _shown(one: Planned, held: Held, value: Any, why: Why | None) -> FieldShown:
    defined = one.defined
    return FieldShown(
        code=defined.code, title=defined.title, category=defined.category,
        sensitivity=defined.sensitivity, treatment=one.treatment, value=value, why=why,
        why_text=WORDS[why] if why else "", source=held.source, observed_at=held.observed_at,
        verified_by=held.verified_by, is_beyond_view=one.is_opened or held.is_of_other_unit,
    )  # fmt: skip


def _absent(one: Planned, why: Why, held: Held | None = None) -> FieldShown:
    """A field without its value. Of a stale one, source and age are told: they are the reason."""
    defined, ruling = one.defined, one.ruling
    is_ruled = ruling is not None and why in (Why.DENIED, Why.RESTRICTED)
    text = ruling.text if ruling is not None and is_ruled else ""
    return FieldShown(
        code=defined.code, title=defined.title, category=defined.category,
        sensitivity=defined.sensitivity, treatment=HIDE, why=why, why_text=text or WORDS[why],
        reason_code=ruling.reason_code if ruling is not None and is_ruled
        else STALE_CODE if why is Why.STALE else "",
        since=ruling.since if ruling is not None and is_ruled else None,
        source=held.source if held else "", observed_at=held.observed_at if held else None,
    )  # fmt: skip
