"""What the pages about decisions show, as plain values for their templates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.roles import Permission
from audit.console import site, who
from audit.criteria import Criteria
from audit.search import Page, search
from desk.decisions import words
from policies.audiences import chunks
from policies.audiences.spans import Span, UndecidedError
from policies.pdp.model import Decision, Facts, Reason
from policies.pdp.policy import NONE
from policies.pdp.record import EVENT
from policies.rehearsal.selectors import Replayed, policy_of
from policies.rehearsal.trail import OTHER_LAW, Look, Said, own_trail, trail
from policies.rules import RULES
from policies.rules.registry import Rule
from policies.texts import cure, instrument, reason_text

MICROSECONDS = 1_000_000
UNNAMED = str(UUID(int=0))
"""The consent of an audience's group: each of its people has another."""
TIMES = frozenset(("now", "since", "valid_until"))


@dataclass(frozen=True, slots=True)
class Row:
    """A decision in the list."""

    id: UUID
    at: datetime
    service: str
    purpose: str
    subject_id: UUID | None
    is_permit: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation with the title of its law."""

    ref: str
    title: str


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason of a decision in words."""

    rule: str
    code: str
    text: str
    law: str
    refs: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One rule on the way: what it asks, what it looked at, what it said."""

    number: str
    text: str
    law: str
    refs: tuple[Cited, ...]
    said: str
    state: Said
    saw: tuple[tuple[str, str], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of one gate; `state` is the gravest thing one of them said."""

    number: int
    title: str
    state: Said
    said: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class OwnShown:
    """A rule of the company's own that concerned the use."""

    code: str
    title: str
    text: str
    said: str
    state: Said


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """One decision: the answer in words, the road to it, and whether it can be made again."""

    is_permit: bool
    answer: str
    reasons: tuple[ReasonShown, ...]
    cure: str
    facts: tuple[tuple[str, str], ...]
    obligations: tuple[tuple[str, str], ...]
    gates: tuple[Gate, ...]
    own: tuple[OwnShown, ...]
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    replay: str
    is_alarming: bool
    differences: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A row of the table of rules."""

    number: str
    code: str
    text: str
    person: str
    cure: str
    laws: tuple[tuple[str, tuple[Cited, ...]], ...]
    is_on_consent: bool


def found(request: HttpRequest, asked: Mapping[str, str], cursor: str) -> Page:
    """A page of decisions in the officer's logs. Raises CursorError."""
    criteria: dict[str, Any] = {"events": (EVENT,), "outcome": asked.get("outcome", "")}
    if asked.get("purpose"):
        criteria["purposes"] = (asked["purpose"],)
    if asked.get("service"):
        criteria["actor_id"] = asked["service"]
    if asked.get("reason"):
        criteria["reasons"] = site().reason_codes(asked["reason"])
    hours = words.HOURS.get(asked.get("period") or "7d")
    if hours is not None:
        since = timezone.now() - timedelta(hours=hours)
        criteria["since"] = since.replace(minute=0, second=0, microsecond=0)
    ids = site().controller_ids(request, Permission.VIEW_AUDIT)
    return search(Criteria(controller_ids=tuple(ids), **criteria), cursor=cursor)


def rows(request: HttpRequest, page: Page) -> tuple[Row, ...]:
    """The lines of a page in words."""
    titles = site().purpose_names(request, Permission.VIEW_AUDIT)
    return tuple(
        Row(
            one.id, one.at, who(request, one.actor_type, one.actor_id),
            titles.get(one.purpose, one.purpose), one.subject_id, one.outcome == "permit",
            site().reason_text(one.reason_code),
        )
        for one in page.rows
    )  # fmt: skip


def decision(one: Replayed) -> DecisionShown:
    """One decision as its page shows it; what is gone is left out."""
    made = one.replay
    was = made.recorded.decision if made.recorded else None
    facts = made.recorded.facts if made.recorded else None
    is_permit = one.outcome == "permit"
    return DecisionShown(
        is_permit=is_permit, answer=str(words.OUTCOMES["permit" if is_permit else "deny"]),
        reasons=tuple(map(_reason, was.reasons)) if was else (),
        cure=_(cure(was.cure).text) if was and was.cure else "",
        facts=tuple(_said(was)) if was else (), obligations=_obligations(was) if was else (),
        gates=gates(_trail(facts)) if facts else (),
        own=_own(one.controller_id, facts, was) if facts and was else (),
        parts=tuple(_parts(facts)) if facts else (),
        replay=str(words.FINDINGS[made.finding]), is_alarming=made.finding in words.ALARMING,
        differences=made.differences,
    )  # fmt: skip


def _trail(facts: Facts) -> tuple[Look, ...]:
    """Nothing where bounds leave a rule's answer open now: then other rules are in place."""
    try:
        return trail(facts)
    except UndecidedError:
        return ()


def gates(looks: tuple[Look, ...]) -> tuple[Gate, ...]:
    """The trail by gate, without what laws say that do not apply."""
    asked = [look for look in looks if look.why != OTHER_LAW]
    return tuple(
        _gate(number, tuple(_step(look) for look in group))
        for number, group in groupby(asked, key=lambda look: look.rule.gate)
    )


def _own(controller_id: UUID, facts: Facts, was: Decision) -> tuple[OwnShown, ...]:
    policy = policy_of(controller_id, was.policy_version) or NONE
    language = get_language() or "en"
    return tuple(
        OwnShown(
            one.rule.code, one.rule.title,
            (one.rule.text.hi if language == "hi" else "") or one.rule.text.en,
            str(words.SAID[one.said]), one.said,
        )
        for one in own_trail(policy, facts, was)
    )  # fmt: skip


def rule_gates(law: str = "") -> tuple[tuple[int, str, tuple[RuleShown, ...]], ...]:
    """The statutory rules by gate, in the order of decision; of one law where it is named."""
    chosen = [rule for rule in RULES if not law or law in (rule.packs or rule.refs)]
    return tuple(
        (number, gate_title(number), tuple(map(_rule, group)))
        for number, group in groupby(chosen, key=lambda rule: rule.gate)
    )


def gate_title(number: int) -> str:
    return str(words.GATES.get(number, ""))


def cited(refs: tuple[str, ...]) -> tuple[Cited, ...]:
    known = ((ref, instrument(ref)) for ref in refs)
    return tuple(Cited(ref, law.title if law else "") for ref, law in known)


def text_of(code: str) -> str:
    return reason_text(code, language=get_language() or "en")


def _rule(rule: Rule) -> RuleShown:
    language = get_language() or "en"
    return RuleShown(
        rule.number, rule.code, text_of(rule.code),
        _(reason_text(rule.code, language=language, audience="user")),
        _(cure(rule.cure).text) if rule.cure else "",
        tuple((_law(pack), cited(refs)) for pack, refs in rule.refs.items()),
        rule.only_on_consent,
    )  # fmt: skip


def _reason(reason: Reason) -> ReasonShown:
    return ReasonShown(
        reason.rule, reason.code, text_of(reason.code), _law(reason.pack), cited(reason.refs)
    )


def _gate(number: int, steps: tuple[Step, ...]) -> Gate:
    said = {step.state for step in steps}
    state = next(one for one in (Said.DENIED, Said.PASSED, Said.NOT_ASKED) if one in said)
    return Gate(number, gate_title(number), state, str(words.SAID[state]), steps)


def _step(look: Look) -> Step:
    return Step(
        look.rule.number, text_of(look.rule.code), _law(look.pack), cited(look.refs),
        str(words.SAID[look.said]), look.said,
        tuple((path, value_text(path, value)) for path, value in look.saw),
        str(words.WHY.get(look.why, "")),
    )  # fmt: skip


def _said(was: Decision) -> Iterator[tuple[str, str]]:
    yield _("Under"), was.policy_version
    without = _("none") if was.off else _("none determinable")
    yield _("Laws that apply"), ", ".join(map(_law, was.packs)) or without
    if was.off:
        off = (f"{_law(pack)} ({ref})" for pack, ref in was.off.items())
        yield _("Switched off by a provenance flag"), ", ".join(off)
    if was.basis:
        basis = (f"{_law(pack)}: {ground}" for pack, ground in was.basis.items())
        yield _("Ground"), ", ".join(basis)
    if was.valid_until is not None:
        yield _("Valid until"), _moment(was.valid_until)


def _obligations(was: Decision) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.code, ", ".join(f"{name}: {value}" for name, value in one.args.items()))
        for one in was.obligations
    )


def _parts(facts: Facts) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """What differs from unknown, by part."""
    told = chunks.told(facts)
    for name, title in words.PARTS.items():
        members = told.pop(name, None)
        if members:
            yield str(title), tuple((one, value_text(one, it)) for one, it in members.items())
    yield str(words.REST), tuple((one, value_text(one, it)) for one, it in told.items())


def value_text(path: str, value: Any) -> str:
    """A fact as people read it: times as times, bounds as bounds, nothing as a dash."""
    name = path.rpartition(".")[2]
    if isinstance(value, dict) and value.keys() == chunks.BOUNDS:
        value = Span(value["from"], value["to"])
    if isinstance(value, Span):
        return _("between %(low)s and %(high)s") % {
            "low": value_text(path, value.low), "high": value_text(path, value.high),
        }  # fmt: skip
    if isinstance(value, int) and not isinstance(value, bool):
        is_time = name in TIMES or name.endswith("_at")
        return _moment(value) if is_time and value else str(value)
    if value is None or value in ("", (), [], UNNAMED):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _moment(micros: int) -> str:
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    except OverflowError:
        return str(micros)
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _law(pack: str) -> str:
    return str(words.PACKS.get(pack, pack))
