"""What is wrong with a set of rules that are each well formed: contradictions, circles, lock-outs.

Found before a rehearsal, so that nobody studies the results of rules that cannot stand. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import msgspec

from policies.guardrails.compiled import RESERVED
from policies.guardrails.matching import LISTS, patterns
from policies.guardrails.model import (
    Deny,
    Guardrail,
    Limit,
    Match,
    Off,
    Quiet,
    Require,
    minutes,
)
from policies.guardrails.overlap import Shelf, covers, overlaps

MAX_FAULTS: Final = 20
WEEK: Final = 7 * 1440


class Known(msgspec.Struct, frozen=True):
    """What the controller has registered: the codes that rules may name."""

    purposes: frozenset[str] = frozenset()
    open_purposes: frozenset[str] = frozenset()  # those that are not closed
    categories: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why the rules are refused: its kind, the rules it is about, and a term."""

    kind: str
    rules: tuple[str, ...]
    term: str = ""


def faults(rules: Iterable[Guardrail], known: Known) -> list[Fault]:
    """The first faults of a set of rules, gravest first; none: they can stand together."""
    given = tuple(rules)
    return list(islice(_all(given, known), MAX_FAULTS))


def _all(rules: tuple[Guardrail, ...], known: Known) -> Iterator[Fault]:
    yield from _twice(rules)
    yield from _reserved(rules)
    yield from _unknown(rules, known)
    yield from _lock_out(rules, known)
    yield from _circles(rules, known)
    yield from _different_duties(rules)
    yield from _different_limits(rules)
    yield from _pointless(rules)


def _twice(rules: tuple[Guardrail, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for rule in rules:
        if rule.code in seen:
            yield Fault("twice", (rule.code,))
        seen.add(rule.code)


def _reserved(rules: tuple[Guardrail, ...]) -> Iterator[Fault]:
    for rule in rules:
        for purpose in rule.match.purposes:
            if purpose.startswith(RESERVED):
                yield Fault("reserved", (rule.code,), purpose)


def _unknown(rules: tuple[Guardrail, ...], known: Known) -> Iterator[Fault]:
    lists = (("purposes", known.purposes), ("categories", known.categories),
             ("recipients", known.recipients))  # fmt: skip
    for rule in rules:
        for name, codes in lists:
            for term in (*getattr(rule.match, name), *_owed(rule, name)):
                if not term.endswith(".*") and not term.startswith(RESERVED) and term not in codes:
                    yield Fault(f"unknown_{name}", (rule.code,), term)


def _owed(rule: Guardrail, name: str) -> tuple[str, ...]:
    """The codes of one list that the rule's duty names: the purpose it sends to, data to mask."""
    if name == "purposes":
        target = _target(rule)
        return (target,) if target else ()
    masked = rule.effect.args.get("data", ()) if isinstance(rule.effect, Require) else ()
    return tuple(masked) if name == "categories" and isinstance(masked, list) else ()


def is_total(rule: Guardrail) -> bool:
    """Whether a rule denies every use it concerns, whatever the person did and said."""
    effect = rule.effect
    if isinstance(effect, Deny):
        return not effect.unless_volunteered
    return isinstance(effect, Off) and effect.whom == "everybody"


def _lock_out(rules: tuple[Guardrail, ...], known: Known) -> Iterator[Fault]:
    """Every purpose denied at every hour, by rules that look at nothing but the purpose."""
    barring = [rule for rule in rules if _bars_by_purpose(rule)]
    if not barring:
        return
    for_all = [rule for rule in barring if not rule.match.purposes]
    blamed = _bar(for_all)
    if blamed:
        yield Fault("lock_out", blamed)
        return
    found = [_bar([*for_all, *_about(barring, purpose)]) for purpose in sorted(known.open_purposes)]
    if found and all(found):
        yield Fault("lock_out", tuple(dict.fromkeys(code for one in found for code in one)))


def _bars_by_purpose(rule: Guardrail) -> bool:
    others = (name for name in LISTS if name != "purposes")
    if any(getattr(rule.match, name) for name in others):
        return False
    return is_total(rule) or isinstance(rule.effect, Quiet)


def _about(rules: Iterable[Guardrail], purpose: str) -> list[Guardrail]:
    told = set(patterns(purpose))
    return [rule for rule in rules if told & set(rule.match.purposes)]


def _bar(rules: list[Guardrail]) -> tuple[str, ...]:
    """The rules that leave no minute of the week, if they do."""
    for rule in rules:
        if is_total(rule):
            return (rule.code,)
    quiet = set().union(*(_quiet_minutes(rule.effect) for rule in rules))
    return tuple(rule.code for rule in rules) if len(quiet) == WEEK else ()


def _quiet_minutes(effect: Any) -> set[int]:
    starts, ends = minutes(effect.starts), minutes(effect.ends)
    lasts = (ends - starts) % 1440 or 1440
    found: set[int] = set()
    for day in effect.days or range(1, 8):
        first = (day - 1) * 1440 + starts
        found.update(minute % WEEK for minute in range(first, first + lasts))
    return found


def _circles(rules: tuple[Guardrail, ...], known: Known) -> Iterator[Fault]:
    """Duties that send a caller from purpose to purpose and back, or to one that is barred."""
    duties = [(rule, target) for rule in rules if (target := _target(rule))]
    if not duties:
        return
    named = {purpose for rule, _ in duties for purpose in rule.match.purposes}
    purposes = {one for one in {*known.purposes, *named, *(t for _, t in duties)}
                if not one.endswith(".*")}  # fmt: skip
    edges: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for rule, target in duties:
        for purpose in purposes:
            if not rule.match.purposes or set(patterns(purpose)) & set(rule.match.purposes):
                edges[purpose].append((target, rule.code))
    for blamed in _cycles(edges):
        yield Fault("loop", blamed)
    barring = [rule for rule in rules if is_total(rule) and _bars_by_purpose(rule)]
    for rule, target in duties:
        for bar in _about(barring, target):
            yield Fault("duty_barred", (rule.code, bar.code), target)


def _target(rule: Guardrail) -> str:
    """The purpose a duty sends the caller to, if any."""
    if not isinstance(rule.effect, Require):
        return ""
    target = rule.effect.args.get("purpose", "")
    return target if isinstance(target, str) else ""


def _cycles(edges: dict[str, list[tuple[str, str]]]) -> Iterator[tuple[str, ...]]:
    """The rules along each circle found; a walk from each purpose, nothing walked twice."""
    done: set[str] = set()
    for start in sorted(edges):
        path: list[str] = []
        codes: list[str] = []
        stack = [(start, "", iter(edges[start]))]
        if start in done:
            continue
        path.append(start)
        while stack:
            purpose, _, onward = stack[-1]
            step = next(onward, None)
            if step is None:
                done.add(purpose)
                stack.pop()
                path.pop()
                if codes:
                    codes.pop()
                continue
            target, code = step
            if target in path:
                yield tuple(dict.fromkeys([*codes[path.index(target) :], code]))
            elif target not in done:
                stack.append((target, code, iter(edges.get(target, ()))))
                path.append(target)
                codes.append(code)


def _different_duties(rules: tuple[Guardrail, ...]) -> Iterator[Fault]:
    """One permit cannot carry one obligation in two ways."""
    by_code: dict[str, list[Guardrail]] = defaultdict(list)
    for rule in rules:
        if isinstance(rule.effect, Require):
            by_code[rule.effect.obligation].append(rule)
    for obligation, group in by_code.items():
        for one, other in _pairs(group):
            if one.effect != other.effect:
                yield Fault("different_duties", (one.code, other.code), obligation)


def _different_limits(rules: tuple[Guardrail, ...]) -> Iterator[Fault]:
    """Two limits on the same uses in the same window: only one of them can be meant."""
    groups: dict[tuple[Any, ...], list[Guardrail]] = defaultdict(list)
    for rule in rules:
        effect = rule.effect
        if isinstance(effect, Limit):
            groups[effect.seconds, frozenset(effect.per), _plain(rule.match)].append(rule)
    for group in groups.values():
        for other in group[1:]:
            yield Fault("different_limits", (group[0].code, other.code))


def _plain(match: Match) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(getattr(match, name)) for name in LISTS)


def _pairs(group: list[Guardrail]) -> Iterator[tuple[Guardrail, Guardrail]]:
    """Those that some use meets both of; none where they ask for the same."""
    if all(rule.effect == group[0].effect for rule in group):
        return
    order = {rule.code: place for place, rule in enumerate(group)}
    shelf = Shelf(tuple(group))
    for place, one in enumerate(group):
        for other in shelf.near(one.match):
            if order[other.code] > place and overlaps(one.match, other.match):
                yield one, other


def _pointless(rules: tuple[Guardrail, ...]) -> Iterator[Fault]:
    """A rule about nothing that another does not deny anyway contradicts it."""
    shelf = Shelf(tuple(rule for rule in rules if is_total(rule)))
    for rule in rules:
        for bar in shelf.near(rule.match):
            if bar.code != rule.code and covers(bar.match, rule.match):
                yield Fault("pointless", (rule.code, bar.code))
                break
