"""What the page of one case shows: its systems as picture and table, and its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from consent import selectors as consents
from desk.erasures.drawing import Node, Picture, Wait, picture
from desk.erasures.words import day, wait_text, whom
from erasure import selectors_pages as cases
from erasure.planning.telling import BY_HAND, how
from erasure.words import (
    BECAUSE,
    FATES,
    INSEPARABLE,
    case_text,
    citation_text,
    code_text,
)
from registry import selectors as registry
from registry import selectors_systems as systems

STEPS = 100
ALIKE = ("whom", "fate", "because", "title", "citation", "until")


@dataclass(frozen=True, slots=True)
class CaseShown:
    """The page of one case."""

    sentence: str
    is_alarming: bool
    why: str
    rows: Sequence[Mapping[str, Any]]
    drawn: Picture
    elements: Sequence[Mapping[str, Any]]
    certificates: Sequence[Any]
    scope: str


def shown(case: Any) -> CaseShown:
    """One case with its steps as they are now."""
    steps = cases.steps_of(case)
    names = registry.category_titles(case.controller_id)
    rows = [_row(one, names) for one in steps]
    return CaseShown(
        _told(steps, case), any(one.state == "failed" for one in steps), case_text(case.code),
        rows, _picture(case, steps), _elements(case, names), list(cases.certificates_of(case)),
        _scope(case, names),
    )  # fmt: skip


def _told(steps: Sequence[Any], case: Any) -> str:
    if not steps:
        return str(case.get_state_display())
    ended = sum(1 for one in steps if one.ended_at)
    text = ngettext(
        "%(state)s: %(ended)s of %(n)s step has ended.",
        "%(state)s: %(ended)s of %(n)s steps have ended.", len(steps),
    )  # fmt: skip
    return text % {
        "state": case.get_state_display(), "ended": number_format(ended),
        "n": number_format(len(steps)),
    }  # fmt: skip


def _row(step: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "step": step, "whom": whom(step), "trouble": code_text(step.code), "last": _last(step),
        "is_own": _is_own(step),
        "kept": [
            {**one, **_law(one), "category": _category(one, names)} for one in step.kept
        ],
    }  # fmt: skip


def _is_own(step: Any) -> bool:
    return bool(step.system and step.system.kind == "own")


def _last(step: Any) -> datetime | None:
    found: datetime | None = (
        step.ended_at or step.confirmed_at or step.accepted_at or step.sent_at or step.created_at
    )
    return found


def _picture(case: Any, steps: Sequence[Any]) -> Picture:
    """The systems as they are told, or as they will be once the case runs."""
    nodes, waits = _told_ones(steps[:STEPS]) if steps else _planned_ones(case)
    return picture(nodes, waits, is_rtl=get_language_bidi())


def _told_ones(steps: Sequence[Any]) -> tuple[list[Node], list[Wait]]:
    open_ones = {one.id for one in steps if one.ended_at is None}
    nodes = [
        Node(one.id, whom(one), one.state, _stands(one, bool(open_ones & {*one.after})))
        for one in steps
    ]
    waits = [(one.id, first, wait_text(one.after_seconds)) for one in steps for first in one.after]
    return nodes, waits


def _stands(step: Any, is_waiting: bool) -> str:
    if step.state == "planned" and is_waiting:
        return _("Waits for others")
    return str(step.get_state_display())


def _planned_ones(case: Any) -> tuple[list[Node], list[Wait]]:
    planned = [one for one in case.plan.get("steps", ()) if one.get("system")][:STEPS]
    names = {str(one.id): one.name for one in systems.systems(case.controller_id)}
    nodes = [Node(one["system"], names.get(one["system"], ""), *_fate_of(one)) for one in planned]
    waits = [
        (one["system"], first, wait_text(one.get("after_seconds", 0)))
        for one in planned for first in one.get("after", ())
    ]  # fmt: skip
    return nodes, waits


def _fate_of(planned: Mapping[str, Any]) -> tuple[str, str]:
    if planned.get("exempt"):
        return "exempt", _("Keeps what it has")
    if how(planned, ()) == BY_HAND:
        return "planned", _("An officer does it there")
    return "planned", _("Will be told")


def _elements(case: Any, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """What becomes of the data of each system: one row for all categories that fare alike."""
    found = case.plan.get("elements", ())
    named = {one.code: one.name for one in systems.systems(case.controller_id)} if found else {}
    titles = consents.purpose_titles(case.controller_id) if found else {}
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in found:
        made = _element(one, names, named, titles)
        same = rows.setdefault(tuple(made[name] for name in ALIKE), {**made, "categories": []})
        same["categories"].append(made["category"])
    return list(rows.values())


def _element(
    one: Mapping[str, Any], names: Mapping[str, str], named: Mapping[str, str],
    titles: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    code, purpose = one.get("system", ""), one.get("purpose", "")
    return {
        **one, **_law(one), "category": _category(one, names), "whom": named.get(code, code),
        "fate": FATES.get(one.get("fate", ""), ""), "title": titles.get(purpose, purpose),
    }  # fmt: skip


def _category(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    code = one.get("category", "")
    return names.get(code, code) or _("everything")


def _law(one: Mapping[str, Any]) -> dict[str, Any]:
    """Why it stays, by which law, and until when. What cannot be parted stays for no purpose."""
    citation = one.get("citation", "")
    is_law = citation != INSEPARABLE
    return {
        "because": BECAUSE.get(one.get("because", ""), "") if is_law else citation_text(citation),
        "citation": citation if is_law else "", "until": day(one.get("until", "")),
    }  # fmt: skip


def _scope(case: Any, names: Mapping[str, str]) -> str:
    if case.scope_type == "purpose":
        return str(consents.purpose_titles(case.controller_id).get(case.scope, case.scope))
    if case.scope_type == "category":
        return str(names.get(case.scope, case.scope))
    return str(case.get_scope_type_display())
