"""The form of a guardrail: what it matches, what it then does, and how it is explained.

Read strictly: an unknown member, a wrong type or a value out of bounds is refused with its place.
An empty list matches anything. What a question leaves unsaid never lets it slip past a rule:
without a channel or an operation it may be any, without data they are all of the purpose. Without
a recipient, campaign or attribute it has none, and what is permitted covers none.
"""

from collections.abc import Iterable
from datetime import time
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from audit.canonical import canonical

MAX_RULES = 10_000
DAY_SECONDS = 86_400

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,29}\Z")]
Term = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}\Z")]
Pattern = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,97}(\.\*)?\Z")]
Region = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?\Z")]
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Sentence = Annotated[str, msgspec.Meta(max_length=300)]
English = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]
Argument: TypeAlias = "bool | int | Sentence | list[Sentence]"
Counted = Literal["purpose", "channel", "campaign", "item"]


class _Strict(
    msgspec.Struct,
    gc=False,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    kw_only=True,
):
    """A part of a guardrail."""


class Match(_Strict, frozen=True):
    """Which uses a guardrail concerns: every list that is not empty must be met.

    A purpose or an attribute may end with `.*` and then stands for everything beneath it. A region
    is a country, which takes in its parts, or one part (ISO 3166).
    """

    purposes: tuple[Pattern, ...] = ()
    categories: tuple[Term, ...] = ()
    channels: tuple[Term, ...] = ()
    recipients: tuple[Term, ...] = ()
    regions: tuple[Region, ...] = ()
    operations: tuple[Term, ...] = ()
    attributes: tuple[Pattern, ...] = ()
    campaigns: tuple[Term, ...] = ()


class Deny(_Strict, frozen=True, tag="deny", tag_field="kind"):
    """Deny; with `unless_volunteered`, only for attributes the person did not volunteer for it."""

    unless_volunteered: bool = False


class Require(_Strict, frozen=True, tag="require", tag_field="kind"):
    """Permit only together with an obligation."""

    obligation: Code
    args: dict[Code, Argument] = {}


class Limit(_Strict, frozen=True, tag="cap", tag_field="kind"):
    """At most `limit` permits within any `seconds`, counted apart for each value of `per`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    seconds: Annotated[int, msgspec.Meta(ge=60, le=400 * DAY_SECONDS)]
    per: tuple[Counted, ...] = ()


class Delay(_Strict, frozen=True, tag="delay", tag_field="kind"):
    """Deny until `seconds` have passed since one of these behaviours was last reported."""

    triggers: Annotated[tuple[Term, ...], msgspec.Meta(min_length=1)]
    seconds: Annotated[int, msgspec.Meta(ge=60, le=400 * DAY_SECONDS)]


class Quiet(_Strict, frozen=True, tag="quiet", tag_field="kind"):
    """Deny from `starts` to `ends` on the person's clock; `days` (1 is Monday): when it starts."""

    starts: Hour
    ends: Hour
    days: tuple[Weekday, ...] = ()


class Off(_Strict, frozen=True, tag="off", tag_field="kind"):
    """No personalisation at all: for whoever switched it off, or for everybody."""

    whom: Literal["whoever_asked", "everybody"] = "whoever_asked"


Effect: TypeAlias = "Deny | Require | Limit | Delay | Quiet | Off"


class Sentences(_Strict, frozen=True):
    """One sentence in the languages it is written in; English is always there."""

    en: English
    hi: Sentence = ""


class Guardrail(_Strict, frozen=True):
    """One rule: `text` is for officers and services, `person` for whom the data are about."""

    code: Code
    title: Title
    effect: Effect
    text: Sentences
    person: Sentences
    match: Match = Match()


class RulesError(ValueError):
    """A stored or sent set of rules that cannot be read; says where, never what was sent."""


def parse(rules: Any) -> tuple[Guardrail, ...]:
    """Read rules as decoded from JSON, strictly. Raises RulesError."""
    try:
        read = msgspec.convert(rules, tuple[Guardrail, ...])
    except msgspec.ValidationError as error:
        raise RulesError(str(error)) from None
    if len(read) > MAX_RULES:
        raise RulesError(f"More than {MAX_RULES} rules")
    return read


def plain(rules: Iterable[Guardrail]) -> list[dict[str, Any]]:
    """The rules as JSON holds them."""
    found: list[dict[str, Any]] = msgspec.to_builtins(list(rules))
    return found


def canonical_rules(rules: Iterable[Guardrail]) -> bytes:
    """The one byte string of a set of rules, of which the digest and the signature are made."""
    return canonical(plain(rules))


def minutes(hour: str) -> int:
    """Minutes since midnight."""
    read = time.fromisoformat(hour)
    return read.hour * 60 + read.minute
