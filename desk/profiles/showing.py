"""A profile as its page draws it: by category, and why where a field has no value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from desk.profiles import words
from profiles import selectors_views as selectors
from profiles.fields import HIDE, FieldShown, ProfileShown, SourceShown, Why
from registry import selectors as registry

VIEW = frozenset({Why.ROLE, Why.SENSITIVE})
"""Reasons that lie in the view alone, whoever is looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `text` is empty where there is nothing to show; then `why` says more."""

    code: str
    title: str
    text: str
    sign: str
    why: str
    style: str
    source: str
    observed_at: datetime | None
    since: datetime | None
    reason_code: str
    is_sensitive: bool
    is_masked: bool
    is_beyond_view: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one data category."""

    code: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of the page."""

    groups: tuple[Group, ...]
    hidden: tuple[Group, ...]
    counts: Mapping[str, int]
    sources: tuple[tuple[SourceShown, str], ...]


def shown(controller_id: UUID, profile: ProfileShown, reason: Mapping[str, str]) -> Shown:
    """The profile by category; `reason` are the words of reason codes in the reader's language."""
    kinds = {one.code: one.kind for one in selectors.definitions(controller_id)}
    names = registry.category_titles(controller_id)
    sources = {one.code: one.name for one in profile.sources}
    told = [one for one in profile.fields if one.why not in VIEW]
    hidden = [one for one in profile.fields if one.why in VIEW]

    def groups(of: Iterable[FieldShown]) -> tuple[Group, ...]:
        by_category: dict[str, list[Line]] = {}
        for one in of:
            line = _line(one, kinds.get(one.code, ""), sources, reason)
            by_category.setdefault(one.category, []).append(line)
        return tuple(
            Group(code, names.get(code, code), tuple(sorted(lines, key=lambda one: one.title)))
            for code, lines in sorted(by_category.items())
        )

    states = tuple((one, str(words.SOURCE_STATES.get(one.state, one.state)))
                   for one in profile.sources)  # fmt: skip
    return Shown(groups(told), groups(hidden), _counts(profile.fields), states)


def codes(profile: ProfileShown) -> set[str]:
    """The reason codes whose words the page needs."""
    return {one.reason_code for one in profile.fields if one.reason_code}


def _counts(fields: Iterable[FieldShown]) -> dict[str, int]:
    """How many fields are shown whole, masked, and not at all."""
    found = {"shown": 0, "masked": 0, "absent": 0}
    for one in fields:
        found[_style(one)] += 1
    return found


def _style(one: FieldShown) -> str:
    if one.why is None:
        return "shown"
    return "masked" if one.why is Why.MASKED else "absent"


def _line(
    one: FieldShown, kind: str, sources: Mapping[str, str], reason: Mapping[str, str]
) -> Line:
    is_whole = one.why is None
    text = words.value(kind if is_whole else "", one.value) if one.value is not None else ""
    return Line(
        code=one.code, title=one.title, text=text, style=_style(one),
        sign="" if one.why is None else str(words.SIGNS[one.why]), why=_why(one, reason),
        source=sources.get(one.source, one.source), observed_at=one.observed_at, since=one.since,
        reason_code=one.reason_code, is_sensitive=one.sensitivity != "ordinary",
        is_masked=one.why is Why.MASKED, is_beyond_view=one.is_beyond_view,
    )  # fmt: skip


def _why(one: FieldShown, reason: Mapping[str, str]) -> str:
    """Why it is not shown as it is: the decision's reason where there is one."""
    if one.why is None:
        return ""
    if one.why is Why.MASKED:
        return str(words.TREATMENTS[one.treatment if one.value is not None else HIDE])
    return reason.get(one.reason_code, "") or str(words.WHY[one.why])
