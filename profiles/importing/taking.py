"""Taking in the rows of one batch: who each is about, and what became of what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.actors import Actor, SubjectRef
from consent.importing.errors import Fault, require_somebody
from consent.importing.report import Counts
from keys.problems import DomainError
from profiles.importing.rows import Line
from profiles.services.ingesting import Given, Taken, record_many
from subjects import naming, quarantine
from subjects import services as subjects
from subjects.errors import SubjectErasedError
from subjects.naming import Named

ERASED = "category_erased"


@dataclass(slots=True)
class Tally(Counts):
    """Rows by what became of them, and values: taken in, and older than what is known."""

    values: int = 0
    older: int = 0


Whose = dict[tuple[tuple[str, str], ...], "UUID | DomainError"]


def take(  # noqa: PLR0913 (a batch and how it is taken in)
    *,
    by: Actor,
    controller_id: UUID,
    source: str,
    contents: Sequence[Line | Fault],
    counts: Tally,
    known_only: bool,
) -> list[Fault]:
    """Take in what can be, counting; the faults of the rest, in the order of the file."""
    lines = [content for content in contents if isinstance(content, Line)]
    faults = [content for content in contents if isinstance(content, Fault)]
    new: dict[UUID, SubjectRef] = {}
    whose = _known(controller_id, lines) if known_only else _matched(by, controller_id, lines, new)
    counts.people += len(new)
    matched: list[tuple[Line, UUID]] = []
    erased: list[Line] = []
    for line in lines:
        found = line.subject_id or whose[line.identifiers]
        if isinstance(found, DomainError):
            faults.append(_fault(line, found))
            erased += [line] if isinstance(found, SubjectErasedError) else []
        else:
            matched.append((line, found))
    if erased:
        quarantine.keep_out(
            by=by, controller_id=controller_id, identifiers=[line.identifiers for line in erased],
            source=quarantine.Source(source, "record"),
        )  # fmt: skip
    told = record_many(
        by=by, controller_id=controller_id, source=source, new=new,
        given=[Given(found, line.values) for line, found in matched],
    )  # fmt: skip
    left_out: list[Fault] = []
    for (line, _), outcome in zip(matched, told, strict=True):
        if isinstance(outcome, DomainError):
            faults.append(_fault(line, outcome))
        else:
            left_out += _count(counts, line, outcome)
    about = [(line.number, found) for line, found in matched]
    require_somebody(new, about, {fault.line: fault for fault in faults})
    for fault in faults:
        counts.fail(fault.code)
    return sorted([*faults, *left_out])


def _matched(
    by: Actor, controller_id: UUID, lines: Sequence[Line], new: dict[UUID, SubjectRef]
) -> Whose:
    """Each person by any identifier, those whom nobody knows added; the first row's facts count."""
    people = {line.identifiers: line for line in reversed(lines) if line.identifiers}
    matches = subjects.match_or_create(
        by=by, controller_id=controller_id,
        people=[
            subjects.NewSubject(identifiers=line.identifiers, **line.facts)
            for line in reversed(people.values())
        ],
    )  # fmt: skip
    new.update(matches.created)
    return dict(zip(reversed(people), matches.outcomes, strict=True))


def _known(controller_id: UUID, lines: Sequence[Line]) -> Whose:
    """Each person by the first of their identifiers; nobody is added."""
    people = list({line.identifiers: None for line in lines if line.identifiers})
    named = [Named(scheme=one[0][0], value=one[0][1]) for one in people]
    found = naming.people(controller_id, named)
    ids = [one if isinstance(one, DomainError) else one.id for one in found]
    return dict(zip(people, ids, strict=True))


def _count(counts: Tally, line: Line, taken: Taken) -> list[Fault]:
    """What was left out of a row that was taken in is told like a fault, and fails no row."""
    if taken.is_change:
        counts.recorded += 1
    else:
        counts.already += 1
    counts.values += taken.recorded + taken.refreshed + taken.removed
    counts.older += taken.older
    for _ in taken.left_out:
        counts.codes[ERASED] = counts.codes.get(ERASED, 0) + 1
    return [Fault(line.number, ERASED, code) for code in taken.left_out]


def _fault(line: Line, error: DomainError) -> Fault:
    return Fault(line.number, error.code, (error.field or "").removeprefix("values."))
