"""What sources say of a person, opened as far as the plan of the fields lets it be.

A document is opened only if a field that its reader gets may lie in it: what a role does not see
is never in clear on its behalf (PRO-07).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
import structlog

from keys.errors import UnsealError
from profiles.documents import Observed, context, decode
from profiles.fields import ORDINARY, FieldShown, Held, Planned, SourceShown
from profiles.joined import Found, settled
from profiles.live import Heard
from profiles.selectors import Source, Stored
from subjects.errors import KeyDestroyedError
from subjects.sealing import Keyring

log = structlog.get_logger(__name__)

NOT_ASKED: Final = "not_asked"
Said = dict[str, list[Held]]
"""What sources say, by attribute code."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sources of a controller as one reader meets them."""

    sources: Mapping[UUID, Source]
    unit: str

    def live(self) -> list[Source]:
        """Those that are asked when this reader looks."""
        found = self.sources.values()
        return [one for one in found if one.is_live and one.is_active and one.is_for(self.unit)]


def said(
    stored: Iterable[Stored], planned: Iterable[Planned], shelf: Shelf, keyring: Keyring
) -> Said:
    """What the stored records of one person say of the fields whose plan looks at values."""
    wanted = {one.defined.code: one for one in planned if one.why is None}
    records = list(stored)
    if not any(record.joined_at for record in records):
        return _said(records, wanted, shelf, keyring)
    found: dict[str, list[Found]] = {}
    for record in records:
        for code, all_held in _said([record], wanted, shelf, keyring).items():
            each = [Found(held, record.joined_at) for held in all_held]
            found.setdefault(code, []).extend(each)
    return {code: settled(each) for code, each in found.items()}


def _said(
    stored: Iterable[Stored], wanted: Mapping[str, Planned], shelf: Shelf, keyring: Keyring
) -> Said:
    found: Said = {}
    for record in stored:
        source = shelf.sources.get(record.source_id)
        codes = [code for code in record.codes if code in wanted]
        if source is not None and codes:
            for code, held in _held(record, source, {code: wanted[code] for code in codes}, shelf,
                                    keyring):  # fmt: skip
                found.setdefault(code, []).append(held)
    return found


def told(heard: Iterable[Heard], planned: Iterable[Planned]) -> Said:
    """What live sources said of the fields whose plan looks at values, or that they did not."""
    wanted = {one.defined.code: one.defined for one in planned if one.why is None}
    found: Said = {}
    for one in heard:
        for code in wanted.keys() & one.codes:
            value = one.values.get(code)
            is_unavailable = one.is_unavailable or code in one.unfit
            if value is not None or is_unavailable:
                held = Held(
                    source=one.source, sensitivity=wanted[code].sensitivity,
                    is_unavailable=is_unavailable, value=value.v if value else None,
                    observed_at=value.at if value else None,
                )  # fmt: skip
                found.setdefault(code, []).append(held)
    return found


def unasked(shelf: Shelf, planned: Iterable[Planned]) -> list[Heard]:
    """The live sources where they are not asked: they may know anything."""
    codes = frozenset(one.defined.code for one in planned if one.why is None)
    return [Heard(one.id, one.code, reason=NOT_ASKED, codes=codes) for one in shelf.live()]


def sources(
    fields: Iterable[FieldShown], shelf: Shelf, heard: Iterable[Heard] = ()
) -> tuple[SourceShown, ...]:
    """The sources of the reader's unit, and how each stands.

    All are named whether or not they know the person: that alone would be telling.
    """
    newest = {
        one.source: one.observed_at
        for one in sorted(fields, key=_observed) if one.source and one.observed_at
    }  # fmt: skip
    silent = {one.source: one.reason for one in heard if one.is_unavailable}
    return tuple(
        SourceShown(
            code=one.code, name=one.name, unit=one.unit, observed_at=newest.get(one.code),
            state=_state(one, silent),
        )
        for one in shelf.sources.values() if one.is_for(shelf.unit)
    )  # fmt: skip


def _held(
    record: Stored, source: Source, wanted: Mapping[str, Planned], shelf: Shelf, keyring: Keyring
) -> Iterable[tuple[str, Held]]:
    is_of_other_unit = not source.is_for(shelf.unit)
    is_stopped = source.is_stopped
    is_read = not is_stopped and any(
        _may_open(record, one, is_of_other_unit=is_of_other_unit) for one in wanted.values()
    )
    document = _opened(record, keyring) if is_read else None
    for code in wanted:
        value = document.get(code) if document is not None else None
        if document is not None and (value is None or value.v is None):
            continue  # the source has none any more
        yield code, Held(
            source=source.code, sensitivity=record.sensitivity,
            is_of_other_unit=is_of_other_unit,
            is_unavailable=is_stopped or (is_read and document is None),
            value=value.v if value else None, observed_at=value.at if value else None,
            verified_by=value.by if value else "",
        )  # fmt: skip


def _may_open(record: Stored, one: Planned, *, is_of_other_unit: bool) -> bool:
    if is_of_other_unit and not one.is_of_any_unit:
        return False
    return record.sensitivity in (ORDINARY, one.defined.sensitivity)


def _opened(record: Stored, keyring: Keyring) -> dict[str, Observed] | None:
    """The document of a record; None where it cannot be read: then nothing of it is shown."""
    sealed_as = context(record.source_id, record.sensitivity)
    try:
        return decode(keyring.unseal(record.subject_id, record.sealed, context=sealed_as))
    except (KeyDestroyedError, UnsealError, msgspec.MsgspecError) as error:
        log.error("profile_record_unreadable", error=type(error).__name__)
        return None


def _state(source: Source, silent: Mapping[str, str]) -> str:
    if source.is_frozen:
        return "frozen"
    if silent.get(source.code) == NOT_ASKED:
        return NOT_ASKED
    return "unavailable" if not source.is_active or source.code in silent else "ok"


def _observed(field: FieldShown) -> float:
    return field.observed_at.timestamp() if field.observed_at else 0.0
