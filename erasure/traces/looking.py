"""What is sought of a person, and where it was found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from erasure import sealing
from erasure.models import Case
from erasure.traces import places, tables
from erasure.traces.spelled import SHORTEST, is_in, spellings
from keys import services as keys
from subjects import selectors as subjects
from subjects.schemes import MalformedIdentifierError, UnknownSchemeError, normalise

__all__ = ["Sought", "Trace", "Traces", "look", "sought"]

ID, DIGEST, WORD = "id", "digest", "word"
_MAY_HOLD_DIGESTS: Final = frozenset({"subjects_tombstone"})
_GOING: Final = frozenset({"delete_row", "null", "destroy_key"})


@dataclass(frozen=True, slots=True)
class Sought:
    """Spellings by kind: words in clear and encoded, digests of identifiers, and our id.

    `short`: how many words are too short for anything to follow from finding them.
    """

    words: Mapping[str, set[str]] = field(repr=False)
    short: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Something of the person in one place. `is_wrong`: it should not be there after an erasure.

    `is_copy`: a letter that was sent to them, in the development mailbox; it stands for theirs,
    and where letters really leave none is kept.
    """

    place: str
    kind: str
    is_wrong: bool
    is_copy: bool = False


@dataclass(slots=True)
class Traces:
    """Everything that was found, and the places that could not be looked at."""

    found: list[Trace] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    places: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing is where it should not be, and every place was looked at."""
        return not self.unread and not any(one.is_wrong for one in self.found)


def sought(controller_id: UUID, subject_id: UUID, words: Iterable[str] = ()) -> Sought:
    """What the person was known by: what is still there, what cases keep sealed, and `words`.

    The caller shows none of it. Raises SubjectUnknownError.
    """
    person = subjects.subject(controller_id, subject_id)
    pairs = [
        (scheme, value)
        for kept in (*_in_cases(controller_id, subject_id), _known(controller_id, subject_id))
        for scheme, values in kept.items()
        for value in values
    ]
    given = [one for one in words if one]
    clear = {value for _, value in pairs} | set(given)
    long = {one for one in clear if len(one) >= SHORTEST}
    asked = [*pairs, *((scheme, one) for one in given for scheme in ("email", "phone", "crm"))]
    found = {
        WORD: {spelled for one in long for spelled in spellings(one)},
        DIGEST: _digests(controller_id, asked),
        ID: {str(person.id), person.id.hex},
    }
    return Sought({kind: spelled for kind, spelled in found.items() if spelled}, len(clear - long))


def look(what: Sought, more: Sequence[Path] = ()) -> Traces:
    """Look everywhere; `more` are files and folders besides, such as logs.

    Our id may stay where rows stay as evidence, a digest with the tombstones and their journal;
    what names the person in clear may stay nowhere.
    """
    traces = Traces()
    found: set[Trace] = set()
    for table, kind in tables.look(what.words):
        if kind is None:
            traces.unread.append(table)
        else:
            found.add(Trace(table, kind, _is_wrong(table, kind)))
    traces.places = len(tables.tables())
    for place, content in (*places.stores(), *places.files(more)):
        traces.places += 1
        if is_in(content, what.words.get(WORD, ())):
            is_copy = places.is_letter(place)
            found.add(Trace(place, WORD, is_wrong=not is_copy, is_copy=is_copy))
    traces.found = sorted(found)
    return traces


def _is_wrong(table: str, kind: str) -> bool:
    if kind == WORD:
        return True
    if kind == DIGEST:
        return table not in _MAY_HOLD_DIGESTS
    return tables.fate_of(table) in _GOING and table != "accounts_idempotencykey"


def _known(controller_id: UUID, subject_id: UUID) -> Mapping[str, Sequence[str]]:
    return sealing.known_by(controller_id, [subject_id]).get(subject_id, {})


def _in_cases(controller_id: UUID, subject_id: UUID) -> Iterator[Mapping[str, Sequence[str]]]:
    rows = Case.objects.filter(controller_id=controller_id, subject_id=subject_id)
    for kept in sealing.opened(set(rows.values_list("id", flat=True))).values():
        yield kept.identifiers


def _digests(controller_id: UUID, pairs: Iterable[tuple[str, str]]) -> set[str]:
    return {
        keys.lookup_digest(
            controller_id=controller_id, scheme=scheme, value=value, version=version
        ).hex()
        for scheme, value in _normal(pairs)
        for version in range(1, keys.lookup_version() + 1)
    }


def _normal(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for scheme, value in pairs:
        try:
            yield scheme, normalise(scheme, value)
        except (UnknownSchemeError, MalformedIdentifierError):
            continue
