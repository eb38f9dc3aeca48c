"""What people read about versions: why rules are refused, and what each effect and fact means."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import get_language, get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from policies.guardrails.faults import Fault
from policies.guardrails.model import (
    Delay,
    Deny,
    Effect,
    Guardrail,
    Limit,
    Match,
    Off,
    Quiet,
    Require,
    Sentences,
)
from policies.versions.obligations import OBLIGATIONS
from policies.versions.selectors import Standing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LEFT_TO_RIGHT, ENDS = "\u2066", "\u2069"
"""Isolate what is between them, as Unicode's algorithm for text of two directions has it."""

FAULTS: "dict[str, StrOrPromise]" = {
    "twice": gettext_lazy("Two rules have the code %(rules)s."),
    "reserved": gettext_lazy(
        "%(rules)s concerns %(term)s. No rule may stand in the way of what the law itself demands."
    ),
    "unknown_purposes": gettext_lazy("%(rules)s names the purpose %(term)s, which does not exist."),
    "unknown_categories": gettext_lazy(
        "%(rules)s names the data category %(term)s, which is not recorded."
    ),
    "unknown_recipients": gettext_lazy(
        "%(rules)s names the recipient %(term)s, which is no party of yours."
    ),
    "lock_out": gettext_lazy(
        "%(rules)s leave nothing that could ever be permitted, to anybody, for any purpose."
    ),
    "loop": gettext_lazy(
        "%(rules)s run in a circle: each asks for something first that waits for the other."
    ),
    "duty_barred": gettext_lazy(
        "%(rules)s contradict each other: one asks for %(term)s first, the other denies it."
    ),
    "different_duties": gettext_lazy(
        "%(rules)s contradict each other: some uses would owe %(term)s in two different ways."
    ),
    "different_limits": gettext_lazy(
        "%(rules)s contradict each other: the same uses in the same window have two limits."
    ),
    "pointless": gettext_lazy(
        "%(rules)s contradict each other: whatever the first concerns, the second denies."
    ),
}

LISTS: "dict[str, StrOrPromise]" = {
    "purposes": gettext_lazy("Purposes"),
    "categories": gettext_lazy("Data categories"),
    "channels": gettext_lazy("Channels"),
    "recipients": gettext_lazy("Recipients"),
    "regions": gettext_lazy("Regions"),
    "operations": gettext_lazy("Operations"),
    "attributes": gettext_lazy("Attributes of the person"),
    "campaigns": gettext_lazy("Campaigns"),
}
COUNTED: "dict[str, StrOrPromise]" = {
    "purpose": gettext_lazy("purpose"),
    "channel": gettext_lazy("channel"),
    "campaign": gettext_lazy("campaign"),
    "item": gettext_lazy("item"),
}
WEEKDAYS: "tuple[StrOrPromise, ...]" = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"), gettext_lazy("Friday"), gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)  # fmt: skip
STANDINGS: "dict[Standing, StrOrPromise]" = {
    Standing.DRAFT: gettext_lazy("Draft"),
    Standing.REHEARSED: gettext_lazy("Draft, rehearsed"),
    Standing.APPROVED: gettext_lazy("Approved, comes into force later"),
    Standing.ACTIVE: gettext_lazy("In force"),
    Standing.RETIRED: gettext_lazy("Replaced by a later one"),
    Standing.WITHDRAWN: gettext_lazy("Withdrawn"),
}
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def fault(found: Fault) -> str:
    """One sentence about one fault."""
    return str(FAULTS[found.kind]) % {
        "rules": ", ".join(map(apart, found.rules)), "term": apart(found.term),
    }  # fmt: skip


def refusal(found: Iterable[Fault]) -> str:
    """Every fault in one text."""
    return " ".join(fault(one) for one in found)


def concerned(match: Match) -> str:
    """Which uses a match concerns, in words."""
    told = [
        f"{LISTS[name]}: {', '.join(map(apart, getattr(match, name)))}"
        for name in match.__struct_fields__
        if getattr(match, name)
    ]
    return "; ".join(told) or _("every use")


def apart(code: str) -> str:
    """A code that is not turned around where the sentence about it runs from right to left."""
    return f"{LEFT_TO_RIGHT}{code}{ENDS}" if get_language_bidi() else code


def said(told: Sentences) -> str:
    """What officers wrote, in the reader's language where they did."""
    return (told.hi if get_language() == "hi" else "") or told.en


def effect(of: Effect) -> str:
    """What an effect does, in one sentence."""
    if isinstance(of, Limit):
        return _limit(of)
    if isinstance(of, Delay):
        return _("Denied for %(time)s after %(triggers)s.") % {
            "time": duration(of.seconds), "triggers": ", ".join(map(apart, of.triggers)),
        }  # fmt: skip
    if isinstance(of, Quiet):
        return _quiet(of)
    if isinstance(of, Require):
        return _("Permitted only with an obligation: %(duty)s.") % {"duty": _duty(of)}
    if isinstance(of, Off):
        return _off(of)
    return _deny(of)


def _duty(of: Require) -> str:
    known = OBLIGATIONS.get(of.obligation)
    if known is None:
        return apart(of.obligation)
    detail = known.detail(of.args)
    return f"{known.label} ({apart(detail)})" if detail else str(known.label)


def _deny(of: Deny) -> str:
    if of.unless_volunteered:
        return _("Denied, unless the person volunteered the attributes for this purpose.")
    return _("Denied.")


def _off(of: Off) -> str:
    if of.whom == "everybody":
        return _("Personalisation is off for everybody: denied.")
    return _("Denied for whoever switched personalisation off.")


def _limit(of: Limit) -> str:
    per = ", ".join(str(COUNTED[one]) for one in of.per)
    told = {"n": of.limit, "time": duration(of.seconds), "per": per}
    if of.per:
        return _("At most %(n)d within %(time)s for one person, for each %(per)s.") % told
    return _("At most %(n)d within %(time)s for one person.") % told


def _quiet(of: Quiet) -> str:
    told = {"starts": of.starts, "ends": of.ends, "days": days(of.days)}
    return _("Denied from %(starts)s to %(ends)s on the person's clock (%(days)s).") % told


def days(chosen: tuple[int, ...]) -> str:
    """Days of the week; all of them where none is chosen."""
    return ", ".join(str(WEEKDAYS[day - 1]) for day in chosen) or _("every day")


def duration(seconds: int) -> str:
    """A time in its largest whole unit."""
    length, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    count = seconds // length
    told = {
        "day": ngettext("%(n)d day", "%(n)d days", count),
        "hour": ngettext("%(n)d hour", "%(n)d hours", count),
        "minute": ngettext("%(n)d minute", "%(n)d minutes", count),
        "second": ngettext("%(n)d second", "%(n)d seconds", count),
    }
    return told[unit] % {"n": count}


def rule(of: Guardrail) -> str:
    """A rule in words: what it concerns and what it does."""
    return _("%(match)s. %(effect)s") % {"match": concerned(of.match), "effect": effect(of.effect)}
