"""What an officer reads before a case is opened: its plan in sentences, the reading recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import ReadNotRecordedError
from audit import services as audit
from audit.actors import Target
from audit.verbs import Act
from consent import selectors as consents
from erasure import services
from erasure.planning.telling import Told
from erasure.words import BECAUSE, FATES, INSEPARABLE, WAYS, case_text, citation_text
from registry import selectors as registry
from registry import selectors_systems as systems
from subjects import selectors as subjects
from subjects.services import ref

__all__ = ["rehearsed"]

Element = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Names:
    """What systems, categories and purposes of a controller are called, by code."""

    systems: Mapping[str, str]
    categories: Mapping[str, str]
    purposes: Mapping[str, str]


@transaction.atomic
def rehearsed(act: Act) -> list[str]:
    """The plan the case would have if it were opened now; nothing about the person is written."""
    said, log = act.data, act.controller_id
    _note(act, said["subject"])
    plan = services.dry_run(
        controller_id=log, subject_id=said["subject"], scope_type=said["scope_type"],
        scope=said["scope"], verb=said["verb"], trigger=said["trigger"],
    )  # fmt: skip
    names = _Names(
        {one.code: one.name for one in systems.systems(log)}, registry.category_titles(log),
        consents.purpose_titles(log),
    )  # fmt: skip
    review = [_("It waits for an officer first.") + " " + case_text(plan["review"])]
    told = [_told(one) for one in plan["told"]] or [_("Nobody is told.")]
    return [*(review if plan["review"] else ()), *_fates(plan["elements"], names), *told]


def _note(act: Act, subject_id: UUID) -> None:
    """The look stands in the log before anything is shown (P11). Raises ReadNotRecordedError."""
    try:
        audit.record(
            event="record:read", by=act.by, controller_id=act.controller_id,
            subject=ref(subjects.subject(act.controller_id, subject_id)),
            target=Target("erasure_rehearsal", ""),
            data={"what": "erasure_rehearsal", "shown": 1},
        )  # fmt: skip
    except DatabaseError:
        raise ReadNotRecordedError from None


def _fates(elements: Iterable[Element], names: _Names) -> list[str]:
    """One sentence for all categories of a system that fare alike."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in elements:
        code = one.get("category", "")
        where = names.systems.get(one["system"], one["system"])
        found = alike.setdefault((where, _fate(one, names)), [])
        found.append(names.categories.get(code, code) or _("everything"))
    return [
        _("%(system)s: %(categories)s: %(fate)s.")
        % {"system": where, "categories": ", ".join(what), "fate": fate}
        for (where, fate), what in alike.items()
    ]


def _fate(one: Element, names: _Names) -> str:
    """What becomes of it, and why by which law until when."""
    said, until = str(FATES.get(one["fate"], "")), parse_date(one.get("until") or "")
    citation, purpose = one.get("citation", ""), one.get("purpose", "")
    because = "" if citation == INSEPARABLE else str(BECAUSE.get(one.get("because", ""), ""))
    parts = [said, because, names.purposes.get(purpose, purpose), citation_text(citation)]
    if until:
        parts.append(_("until %(day)s") % {"day": date_format(until, "DATE_FORMAT")})
    return ", ".join(one.rstrip(".") for one in parts if one)


def _told(one: Told) -> str:
    return _("%(system)s %(way)s.") % {"system": one.name, "way": WAYS[one.how]}
