"""How long data are kept, resolved from rules that may contradict. Pure (ERA-13).

Kept until the last of the legal minima that bind, and destroyed then: a maximum that would end
before a minimum gives way to it, and the resolution says so (DPDP s.8(7); GDPR 5(1)(e)).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from erasure.planning.facts import ANY, EU, IN, Minimum

__all__ = ["Counted", "Resolved", "Rule", "binding", "binds", "minima", "resolve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A retention rule in force. Empty purpose, category or pack: any.

    `since`: from when it has been known here and counted, whichever is later.
    """

    code: str
    purpose: str = ""
    category: str = ""
    pack: str = ""
    counts_from: str = "collected"
    minimum_days: int = 0
    maximum_days: int | None = None
    citation: str = ""
    since: date = date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """From which day each kind of rule counts for one person; empty: nobody knows."""

    collected: date | None = None
    last_use: date | None = None
    purpose_end: date | None = None

    def day(self, counts_from: str) -> date | None:
        return {
            "collected": self.collected, "last_use": self.last_use,
            "purpose_end": self.purpose_end,
        }[counts_from]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Until when something must be kept, from when it must be gone, and what decided.

    `overruled`: rules whose maximum ends before that; they give way to the law that is cited.
    """

    category: str
    keep_until: date | None
    gone_from: date | None
    decided_by: str = ""
    citation: str = ""
    overruled: tuple[str, ...] = ()
    considered: tuple[str, ...] = ()


FOREVER: Final = date.max


def binding(
    rules: Iterable[Rule], category: str, purposes: Collection[str], packs: Collection[str]
) -> list[Rule]:
    """The rules that apply to a category used for these purposes, of a person under these laws.

    A category that is not told apart may be any.
    """
    return [
        rule
        for rule in rules
        if (category == ANY or rule.category in ("", category))
        and (not rule.purpose or rule.purpose in purposes)
        and binds(rule, packs)
    ]


def binds(rule: Rule, packs: Collection[str]) -> bool:
    """Whether it is a rule for a person under these laws.

    India's do not bind where the GDPR applies as well: 17(3)(b) knows only the Union's law, and
    an officer decides (review).
    """
    return rule.pack in {"", *packs} and not (rule.pack == IN and EU in packs)


def resolve(
    rules: Iterable[Rule],
    category: str,
    purposes: Collection[str],
    packs: Collection[str],
    counted: Counted,
    today: date,
) -> Resolved:
    """The longest minimum, then the shortest maximum that does not end before it.

    Where nobody knows the day a minimum counts from, it counts from today; a maximum counts then
    from the day of collection, or has passed.
    """
    found = binding(rules, category, purposes, packs)
    least = [(_ends(rule, counted, today), rule) for rule in found if rule.minimum_days]
    until, decided = max(least, key=lambda one: (one[0], one[1].code), default=(None, None))
    most = [(_gone(rule, counted, today), rule) for rule in found if rule.maximum_days is not None]
    gone = min((day for day, _ in most), default=None)
    overruled = tuple(sorted(rule.code for day, rule in most if until and day < until))
    return Resolved(
        category=category, keep_until=until,
        gone_from=max(gone, until) if gone and until else gone,
        decided_by=decided.code if decided else "",
        citation=decided.citation if decided else "", overruled=overruled,
        considered=tuple(sorted(rule.code for rule in found)),
    )  # fmt: skip


def minima(
    rules: Collection[Rule],
    categories: Iterable[str],
    purposes: Collection[str],
    packs: Collection[str],
    counted: Counted,
    today: date,
) -> tuple[Minimum, ...]:
    """For each category the minimum that lasts longest, if one still runs."""
    if not rules:
        return ()
    resolved = [resolve(rules, one, purposes, packs, counted, today) for one in sorted(categories)]
    return tuple(
        Minimum(
            category=one.category, rule=one.decided_by, pack="", citation=one.citation,
            until=one.keep_until,
        )
        for one in resolved
        if one.keep_until and one.keep_until > today
    )  # fmt: skip


def _ends(rule: Rule, counted: Counted, today: date) -> date:
    return _plus(counted.day(rule.counts_from) or today, rule.minimum_days)


def _gone(rule: Rule, counted: Counted, today: date) -> date:
    day = counted.day(rule.counts_from) or counted.collected
    return _plus(day, rule.maximum_days or 0) if day else today


def _plus(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return FOREVER
