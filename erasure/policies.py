"""How a controller handles erasures: the content of a Policy, read strictly. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Final

from erasure.errors import PolicyError

TRIGGERS: Final = frozenset({
    "request", "withdrawal", "purpose_end", "retention", "inactivity", "objection", "unlawful",
    "legal_duty", "child_service", "platform",
})  # fmt: skip
AUTOMATIC: Final = frozenset({
    "withdrawal", "purpose_end", "retention", "inactivity", "objection", "child_service",
})  # fmt: skip
"""Triggers that no person's word here starts: they are heeded under an approved policy only."""
LEAST_NOTICE_HOURS: Final = 48
LEAST_VAULT_DAYS: Final = 365
MOST_DAYS: Final = 36_600
COMMENCED: Final = ("2025-11-13", "2027-05-13")
"""The days that may be meant by "commencement of the Rules": of the first of them, and of r.8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity:
    """The clock of the Third Schedule (DPDP Rules r.8(1)-(2)); it runs where a class is named."""

    named_class: str = ""  # of the Third Schedule: e_commerce, gaming, social_media; empty: none
    years: int = 3
    commenced_on: str = COMMENCED[0]  # nobody was silent before (Third Schedule)
    notice_hours: int = 72
    keeps: tuple[str, ...] = ()  # categories of the account and of tokens, which stay (Schedule)

    @property
    def commenced(self) -> date:
        """The day from which silence counts at the earliest."""
        return date.fromisoformat(self.commenced_on)


CLASSES: Final = ("", "e_commerce", "gaming", "social_media")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A policy's content. What is not said has the protective value."""

    approval: frozenset[str] = frozenset()  # triggers whose cases wait for a second person
    automatic: frozenset[str] = AUTOMATIC  # triggers from below that are heeded at all
    due_days: Mapping[str, int] = field(default_factory=dict)  # own targets by trigger; else 30
    late_look_days: tuple[int, int] = (7, 30)  # looked at once more at random between these
    vault: bool = True  # India's retention vault (r.8(3)); the GDPR knows none
    vault_days: int = LEAST_VAULT_DAYS
    alert_days: int = 14  # before a purge by retention, an officer is told
    inactivity: Inactivity = Inactivity()

    def needs_approval(self, trigger: str) -> bool:
        """Whether a second person must agree before anything is told."""
        return trigger in self.approval

    def days(self, trigger: str) -> int:
        """The company's own days for a duty of this kind, where the law sets no number."""
        return self.due_days.get(trigger, 30)

    def as_content(self) -> dict[str, Any]:
        """The form in which a Policy keeps it."""
        found = asdict(self)
        return {
            **found, "approval": sorted(self.approval), "automatic": sorted(self.automatic),
            "due_days": dict(self.due_days), "late_look_days": list(self.late_look_days),
            "inactivity": {**found["inactivity"], "keeps": list(self.inactivity.keeps)},
        }  # fmt: skip


def terms(content: Mapping[str, Any] | None) -> Terms:
    """What a policy's content says; without one, the protective values. Raises PolicyError."""
    said = dict(content or {})
    if not said.keys() <= {one.name for one in fields(Terms)}:
        raise PolicyError
    try:
        found = Terms(**{name: _READ.get(name, _same)(value) for name, value in said.items()})
    except (TypeError, ValueError, KeyError, AttributeError):
        raise PolicyError from None
    _check(found)
    return found


def _same(value: Any) -> Any:
    return value


def _names(value: Any) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError("A list is expected.")
    return frozenset(value)


_READ: Final[dict[str, Callable[[Any], Any]]] = {
    "approval": _names,
    "automatic": _names,
    "due_days": dict,
    "late_look_days": tuple,
    "inactivity": lambda value: Inactivity(**{**value, "keeps": tuple(value.get("keeps", ()))}),
}


def _check(found: Terms) -> None:
    first, last = _bounds(found.late_look_days)
    held = (
        found.approval <= TRIGGERS,
        found.automatic <= AUTOMATIC,
        found.due_days.keys() <= TRIGGERS,
        all(_is_days(days, 1) for days in found.due_days.values()),
        _is_days(first, 1) and _is_days(last, first),
        isinstance(found.vault, bool),
        _is_days(found.vault_days, LEAST_VAULT_DAYS),
        _is_days(found.alert_days, 0),
        found.inactivity.named_class in CLASSES,
        found.inactivity.commenced_on in COMMENCED,
        all(isinstance(one, str) for one in found.inactivity.keeps),
        _is_days(found.inactivity.years, 1),
        _is_days(found.inactivity.notice_hours, LEAST_NOTICE_HOURS),
    )
    if not all(held):
        raise PolicyError


def _bounds(value: tuple[int, ...]) -> tuple[int, int]:
    if len(value) != 2:  # noqa: PLR2004 (from and to)
        raise PolicyError
    return value[0], value[1]


def _is_days(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= MOST_DAYS
