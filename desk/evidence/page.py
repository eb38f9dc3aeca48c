"""The pack's readable page: one file without script, in the officer's language, to be printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from consent.selectors import NoticeWords
from consent.versions.languages import direction
from consent.versions.naming import language_name
from desk import words
from desk.evidence.gathering import Gathered, Link, notice_file, pseudonym
from desk.evidence.packing import Label

COMMAND = "python3 sammati_verify.py export pack.zip --vkey '%s'"


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the chain as the page tells it."""

    link: Link
    state: str
    is_valid: bool
    method: str
    giver: str
    notice: str
    receipt: str
    record: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Words as they were shown, for reading."""

    words: NoticeWords
    file: str
    language: str
    direction: str
    index: int | None


def page(found: Gathered, label: Label, officer: str, case: str, data: Mapping[str, Any]) -> str:
    """The page as HTML. Times are those of the company's time zone."""
    key = str(found.proving.keys[0])
    context = {
        "found": found, "label": label, "officer": officer, "case": case, "certificate": data,
        "reason": words.said(dict(words.EVIDENCE_REASONS), label.reason),
        "pseudonym": pseudonym(found), "steps": [_step(one) for one in found.links],
        "stamps": [
            (one, f"timestamps/{number}.tsr") for number, one in enumerate(found.proving.stamps, 1)
        ],
        "notices": [_shown(found, one) for one in found.notices],
        "key": key, "command": COMMAND % key, "root": bytes(found.proving.checkpoint.root).hex(),
        "language": get_language() or "en", "direction": direction(get_language() or "en"),
    }  # fmt: skip
    with timezone.override(found.person.company_zone):
        return render_to_string("desk/evidence/index.html", context)


def _step(link: Link) -> Step:
    line = link.line
    return Step(
        link, words.said(words.STATES, line.state), line.state in ("given", "renewed"),
        words.said(words.WAYS, line.method), words.said(words.GIVERS, line.given_by),
        notice_file(link.words) if link.words else "", f"receipts/{line.id}.json",
        f"records/{link.entry.id}.json" if link.entry and link.entry.body else "",
    )  # fmt: skip


def _shown(found: Gathered, one: NoticeWords) -> Shown:
    published = found.published.get((one.version_id, one.language))
    return Shown(
        one, notice_file(one), language_name(one.language), direction(one.language),
        published.index if published else None,
    )  # fmt: skip
