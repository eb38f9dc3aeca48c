"""What a text means as a value of an attribute, and which of them a person may put right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from profiles import selectors as profiles
from profiles.documents import Observed, context, decode
from profiles.values import ValueFaultError
from profiles.values import from_text as read
from subjects import identifying, sealing

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

__all__ = ["IDENTIFIERS", "Correctable", "correctable", "from_text", "observed"]

IDENTIFIERS: "Final[dict[str, StrPromise]]" = {
    "email": _("E-mail address"), "phone": _("Telephone number"),
}  # fmt: skip
"""What a person is known by and may put right; other identifiers are the company's own."""


@dataclass(frozen=True, slots=True)
class Correctable:
    """Something that is held about a person and may be wrong."""

    code: str
    title: str


def correctable(controller_id: UUID, subject_id: UUID) -> list[Correctable]:
    """What is held of the person, by title; of no value anything is opened."""
    rows = profiles.records(controller_id, [subject_id]).get(subject_id, [])
    held = {code for row in rows for code in row.codes}
    found = {
        one.code: Correctable(one.code, one.title)
        for one in profiles.definitions(controller_id)
        if one.code in held
    }
    for scheme in identifying.held(controller_id, subject_id) & IDENTIFIERS.keys():
        found.setdefault(scheme, Correctable(scheme, str(IDENTIFIERS[scheme])))
    return sorted(found.values(), key=lambda one: (one.title, one.code))


def observed(controller_id: UUID, subject_id: UUID) -> Iterator[tuple[UUID, str, Observed]]:
    """Every value that is stored of the person: source, attribute, and what was observed.

    The caller has recorded the reading (P11).
    """
    stored = profiles.records(controller_id, [subject_id]).get(subject_id, [])
    ring = sealing.keyring(controller_id, {one.subject_id for one in stored})
    for one in stored:
        if one.subject_id not in ring:
            continue
        sealed_as = context(one.source_id, one.sensitivity)
        opened = decode(ring.unseal(one.subject_id, one.sealed, context=sealed_as))
        for code, found in sorted(opened.items()):
            yield one.source_id, code, found


def from_text(controller_id: UUID, code: str, text: str) -> Any:
    """The value that a text of a form says; whether it is one is judged where it is taken in."""
    kinds = {one.code: one.kind for one in profiles.definitions(controller_id)}
    try:
        return read(kinds.get(code, "text"), text.strip())
    except ValueFaultError:
        return text
