"""The plan of a case: elements with their fates, and the steps that follow from them. Pure.

Its form is frozen with the case (`version` 1), and what it says is what happens.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from erasure.planning import fates
from erasure.planning.facts import (
    ANY,
    EU,
    IN,
    Ask,
    PartyFacts,
    PersonFacts,
    SystemFacts,
    World,
)

LEGAL_CONFLICT, LAW_UNKNOWN = "legal_conflict", "law_unknown"
NOT_BY_CATEGORY = "system_not_by_category"
LOOK_AGAIN = timedelta(days=30)
"""After so long it is seen whether a purpose without an end still needs what it kept."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, why an officer must look at it before it may run, and when what stays is due."""

    plan: dict[str, Any]
    review: str = ""
    revisit_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """What one system has to do with a case."""

    elements: list[dict[str, Any]]
    step: dict[str, Any] | None
    review: str = ""


def plan(person: PersonFacts, ask: Ask, world: World) -> Planned:
    """What happens to which data, where and why."""
    parts = [_of_system(system, person, ask, world) for system in world.systems]
    elements = [one for part in parts for one in part.elements]
    told = [part.step for part in parts if part.step]
    told += [step for party in person.parties if (step := _of_party(party, person, ask))]
    plan = {
        "version": 1, "packs": list(fates.packs(person, ask)), "policy": ask.policy,
        "elements": elements, "steps": _ordered(told, world.systems),
    }  # fmt: skip
    if ask.law:
        plan["law"] = ask.law
    return Planned(plan, _review(person, ask, parts), _revisit_on(elements, ask.today))


def _of_system(system: SystemFacts, person: PersonFacts, ask: Ask, world: World) -> _Part:
    held = _held(system, world)
    if held is None:
        return _undivided(system, person, ask)
    within = held if ask.categories is None else held & ask.categories
    if not within:
        return _Part([], _step(system, ask, [], []) if ask.categories is None else None)
    if ask.verb != "erase":
        elements = [_element(system, one, None, ask.verb) for one in sorted(within)]
        return _Part(elements, _step(system, ask, _asked(ask), []))
    stays = {one: fates.of(one, system, person, ask) for one in sorted(within)}
    gone = [one for one, why in stays.items() if why is None or why.fate == "vault"]
    if gone and set(gone) != held and not system.by_category:
        return _inseparable(system, ask, stays)
    elements = [_element(system, one, why) for one, why in stays.items()]
    is_all = ask.categories is None and len(gone) == len(stays)
    kept = _kept(stays)
    told = [] if is_all or (gone and set(gone) == held and not system.by_category) else gone
    return _Part(elements, _step(system, ask, told, kept, exempt=not gone))


def _held(system: SystemFacts, world: World) -> frozenset[str] | None:
    """A system that can be told by category, and does not say what it holds, may hold anything."""
    if system.holds is not None:
        return system.holds
    return (world.universe or None) if system.by_category else None


def _undivided(system: SystemFacts, person: PersonFacts, ask: Ask) -> _Part:
    """It does not tell apart what it holds: all of it goes or stays, or an officer looks."""
    if ask.verb != "erase":
        element = _element(system, ANY, None, ask.verb)
        return _Part([element], _step(system, ask, _asked(ask), []))
    stays = fates.of(ANY, system, person, ask)
    if ask.categories is None and (stays is None or stays.fate == "vault"):
        return _Part([_element(system, ANY, stays)], _step(system, ask, [], []))
    if stays is None or stays.fate == "vault":
        stays = fates.Stays(fate="keep", because="purpose", citation=NOT_BY_CATEGORY)
    step = _step(system, ask, [], _kept({ANY: stays}), exempt=True)
    review = "" if fates.is_held_whole(person) else NOT_BY_CATEGORY
    return _Part([_element(system, ANY, stays)], step, review)


def _inseparable(system: SystemFacts, ask: Ask, stays: dict[str, fates.Stays | None]) -> _Part:
    """It could only erase everything, and something must stay: nothing is told, somebody looks."""
    left = fates.Stays(fate="keep", because="purpose", citation=NOT_BY_CATEGORY)
    kept = {one: why if why and why.fate == "keep" else left for one, why in stays.items()}
    elements = [_element(system, one, why) for one, why in kept.items()]
    return _Part(elements, _step(system, ask, [], _kept(kept), exempt=True), NOT_BY_CATEGORY)


def _of_party(party: PartyFacts, person: PersonFacts, ask: Ask) -> dict[str, Any] | None:
    """Recipients are told of what is erased; processors erase what need not stay."""
    within = sorted(
        party.categories if ask.categories is None else party.categories & ask.categories
    )
    if not within:
        return None
    outside = SystemFacts(
        id=party.id, code=party.code, holds=party.categories, by_category=True, duty=party.duty
    )
    if ask.verb != "erase":
        step = _step(outside, ask, _asked(ask), [])
        return {"party": step.pop("system"), **step}
    stays = {one: fates.of(one, outside, person, ask) for one in within}
    gone = [one for one, why in stays.items() if why is None]
    if not gone and party.duty == "inform":
        return None  # nothing was erased of which it could be told
    told = [] if ask.categories is None and len(gone) == len(stays) else gone
    step = _step(outside, ask, told, _kept(stays), exempt=not gone)
    return {"party": step.pop("system"), **step}


def _asked(ask: Ask) -> list[str]:
    return [] if ask.categories is None else sorted(ask.categories)


def _element(
    system: SystemFacts, category: str, why: fates.Stays | None, verb: str = "erase"
) -> dict[str, Any]:
    """Its fate is what the case does to it, or that it stays."""
    found: dict[str, Any] = {
        "system": system.code, "system_id": system.id, "category": category,
        "fate": why.fate if why else verb,
    }  # fmt: skip
    return {**found, **_why(why)} if why else found


def _why(why: fates.Stays) -> dict[str, str]:
    said = {
        "because": why.because, "citation": why.citation, "ref": why.ref, "purpose": why.purpose,
        "until": why.until.isoformat() if why.until else "",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _kept(stays: Mapping[str, fates.Stays | None]) -> list[dict[str, str]]:
    return [
        {"category": one, "because": "", "citation": "", "until": "", **_why(why)}
        for one, why in stays.items()
        if why is not None and why.fate == "keep"
    ]


def _step(
    system: SystemFacts,
    ask: Ask,
    categories: list[str],
    kept: list[dict[str, str]],
    *,
    exempt: bool = False,
) -> dict[str, Any]:
    return {
        "system": system.id, "duty": system.duty, "verb": ask.verb,
        "categories": categories, "kept": kept, "after": [], "after_seconds": 0,
        "declared": json.loads(system.declared), "exempt": exempt,
    }  # fmt: skip


def _ordered(steps: list[dict[str, Any]], systems: Iterable[SystemFacts]) -> list[dict[str, Any]]:
    """Each waits for those it must wait for, as far as they are told; our own for all others, so
    that none waits for it.
    """
    known = {system.id: system for system in systems}
    told = {step["system"] for step in steps if "system" in step}
    others = sorted(one for one in told if not known[one].is_own)
    for step in steps:
        system = known.get(step.get("system", ""))
        if system is None:
            continue
        waits = dict(pair for pair in system.waits if pair[0] in others and pair[0] != system.id)
        step["after"] = others if system.is_own else list(waits)
        step["after_seconds"] = max(waits.values(), default=0)
    return steps


def _review(person: PersonFacts, ask: Ask, parts: Iterable[_Part]) -> str:
    """Why an officer must look; empty: nobody has to. Only what destroys is looked at."""
    if ask.verb != "erase":
        return ""
    if not ask.law:
        if not person.packs:
            return LAW_UNKNOWN
        is_indian = ask.vault or any(one.pack == IN for one in person.minima)
        if IN in person.packs and EU in person.packs and is_indian:
            return LEGAL_CONFLICT
    if ask.accepted:
        return ""
    return next((part.review for part in parts if part.review), "")


def _revisit_on(elements: Iterable[dict[str, Any]], today: date) -> date | None:
    days = [
        date.fromisoformat(one["until"]) if one.get("until") else today + LOOK_AGAIN
        for one in elements
        if one["fate"] == "keep"
    ]
    return max(min(days), today + timedelta(days=1)) if days else None
