"""Doing again what a restored database has forgotten: erasures opened after its backup (ERA-11).

Each becomes a case of its own, as any other: standing and tombstones at once, our own data at once
as well, and connected systems are told again, because their backups may have come back, too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from erasure.errors_journal import JournalSinceError
from erasure.journal import files
from erasure.journal.files import Line
from erasure.models import Case, Step
from erasure.ourselves.connector import OwnConnector
from erasure.services.opening import NewCase, open_cases
from registry import ours
from registry.connectors.contract import Act, Person, Verb
from subjects import selectors as subjects
from subjects import shredding, tombstones
from subjects.tombstones import Buried

__all__ = ["Replayed", "is_behind", "replay"]

PREFIX: Final = "replay:"
LOOKED_AT: Final = 200
AT_ONCE: Final = 500
Key = tuple[str, bytes]


@dataclass(slots=True)
class Replayed:
    """What was done, in numbers of cases, people and tombstones.

    `waiting`: people whose own data here an officer's decision or a legal hold still keeps.
    """

    found: int = 0
    known: int = 0
    called_off: int = 0
    opened: int = 0
    erased: int = 0
    waiting: int = 0
    tombstones: int = 0


def is_behind() -> bool:
    """Whether the journal has a newer case than the database: it was restored, and not replayed.

    Looks at the last lines only: what a backup lacks is the end. Of a controller that is not there
    nobody is, either.
    """
    if not files.is_kept():
        return False
    return _lacks(files.newest(LOOKED_AT))


def replay(*, by: Actor, since: datetime | None = None, dry_run: bool = False) -> Replayed:
    """Do again every erasure of the journal that the database does not know; what came of it.

    `since` spares reading what the backup has for certain. May be repeated, and killed: what was
    done is known then, and it goes in the journal's order, so that the end is done last. Raises
    JournalFolderError, and JournalSinceError, with nothing done, where the database lacks what is
    before `since`.
    """
    if since is not None and _lacks(files.before(since, LOOKED_AT)):
        raise JournalSinceError
    done = Replayed()
    whole = list(files.lines(since))
    ended, lifted = _called_off(whole), _lifted(whole)
    opened = [line for line in whole if line["kind"] == files.OPENED]
    done.found = len(opened)
    lines = _of_ours(opened)
    known = _known(lines)
    fresh = [line for line in lines if UUID(line["id"]) not in known]
    done.known = done.found - len(fresh)
    due = [line for line in fresh if line["id"] not in ended]
    done.called_off = len(fresh) - len(due)
    for start in range(0, len(due), AT_ONCE):
        for controller_id, some in _by_controller(due[start : start + AT_ONCE]).items():
            _Batch(by, controller_id, some, lifted, done).run(dry_run)
    return done


def _lacks(lines: Iterable[Line]) -> bool:
    """Whether any of these erasures has to be done again here."""
    ours = _of_ours(lines)
    known = _known(ours)
    missing = [line for line in ours if UUID(line["id"]) not in known]
    if not missing:
        return False
    whole = list(files.lines(datetime.fromisoformat(missing[0]["at"])))
    ended, lifted = _called_off(whole), _lifted(whole)
    return any(line["id"] not in ended and _brings_back(line, lifted) for line in missing)


@dataclass(slots=True)
class _Batch:
    by: Actor
    controller_id: UUID
    lines: Sequence[Line]
    lifted: dict[tuple[UUID, str, str], datetime]
    done: Replayed
    people: dict[UUID, Line] = field(default_factory=dict)

    @transaction.atomic
    def run(self, dry_run: bool) -> None:
        buried = [one for line in self.lines for one in self._buried(line)]
        if dry_run:
            self.done.opened += len(self._new(buried))
            return
        new = self._new(buried)
        opened = open_cases(by=self.by, controller_id=self.controller_id, new=new)
        self.done.opened += len(opened)
        self.done.tombstones += tombstones.put_back(
            by=self.by, controller_id=self.controller_id, buried=buried
        )
        self._erase_ours([one.case_id for one in opened])
        audit.record(
            event="erasures:replayed", by=self.by, controller_id=self.controller_id,
            target=Target("cases", ""), data={"cases": len(opened), "tombstones": len(buried)},
        )  # fmt: skip

    def _buried(self, line: Line) -> Iterable[Buried]:
        """The tombstones of a case, without those that the person lifted afterwards."""
        at = datetime.fromisoformat(line["at"])
        for scheme, digest, version in line["digests"]:
            back = self.lifted.get((self.controller_id, scheme, digest))
            if back is None or back <= at:
                yield Buried(scheme, bytes.fromhex(digest), version, UUID(line["id"]), at)

    def _new(self, buried: Sequence[Buried]) -> list[NewCase]:
        """A case for each person who is there, by our id or by what they were known by.

        Whoever came back themselves after they were erased is not erased again.
        """
        owners = tombstones.owners(self.controller_id, {(one.scheme, one.digest) for one in buried})
        returned = {UUID(line["id"]) for line in self.lines if line["digests"]}
        returned -= {one.case_id for one in buried}
        wanted: dict[tuple[UUID, str], NewCase] = {}
        for line in self.lines:
            if UUID(line["id"]) not in returned:
                for subject_id in self._whom(line, owners):
                    wanted[subject_id, line["id"]] = _again(line, subject_id)
        return self._living(wanted)

    def _whom(self, line: Line, owners: dict[Key, UUID]) -> set[UUID]:
        held = {owners.get((one[0], bytes.fromhex(one[1]))) for one in line["digests"]}
        return {UUID(line["subject"]), *(one for one in held if one)}

    def _living(self, wanted: dict[tuple[UUID, str], NewCase]) -> list[NewCase]:
        """Of those who are there and have anything left to be erased."""
        ids = {subject_id for subject_id, _ in wanted}
        there = {
            one.id
            for one in subjects.in_bulk(self.controller_id, list(ids)).values()
            if one.merged_into is None
        }
        there -= shredding.shredded(self.controller_id, there)
        return [new for (subject_id, _), new in wanted.items() if subject_id in there]

    def _erase_ours(self, case_ids: Collection[UUID]) -> None:
        """At once, though our own step comes last: no backup may be read before it is done.

        The step itself is told in its turn, and finds it done. Systems are told by the identifiers
        that the case has sealed.
        """
        system = ours.ensure(self.controller_id)
        steps = Step.objects.filter(
            case_id__in=case_ids, system=system, case__state="running", verb=Verb.ERASE.value
        )
        people = [
            Person(step=one.id, subject=one.subject_id, key=one.key)
            for one in steps.exclude(state="exempt")
        ]
        said = OwnConnector(self.controller_id, system.id).tell(Verb.ERASE, people)
        done = sum(one.act is Act.DONE for one in said)
        self.done.erased += done
        self.done.waiting += len(case_ids) - done


def _again(line: Line, subject_id: UUID) -> NewCase:
    return NewCase(
        subject_id=subject_id, trigger=line["trigger"], trigger_ref=f"{PREFIX}{line['id']}",
        scope_type=line["scope_type"], scope=line["scope"], verb=line["verb"],
        received_at=datetime.fromisoformat(line["received_at"]),
    )  # fmt: skip


def _of_ours(lines: Iterable[Line]) -> list[Line]:
    """Those of controllers that this database has."""
    there = {str(one.id) for one in accounts.controllers()}
    return [line for line in lines if line["controller"] in there]


def _known(lines: Iterable[Line]) -> set[UUID]:
    """The cases that the database has itself, or has done again."""
    ids = {UUID(line["id"]) for line in lines}
    found = set(Case.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if not (rest := ids - found):
        return found
    later = Case.objects.filter(pk__gt=min(rest))  # ids begin with the time, and it is an index
    refs = later.filter(trigger_ref__in=[f"{PREFIX}{one}" for one in rest])
    return found | {
        UUID(ref.removeprefix(PREFIX)) for ref in refs.values_list("trigger_ref", flat=True)
    }


def _brings_back(line: Line, lifted: dict[tuple[UUID, str, str], datetime]) -> bool:
    """Whether the person may come in, or is there, though they were erased and stayed away."""
    controller_id, subject_id = UUID(line["controller"]), UUID(line["subject"])
    digests = {
        (scheme, bytes.fromhex(digest))
        for scheme, digest, _ in line["digests"]
        if (controller_id, scheme, digest) not in lifted
    }
    if line["digests"]:
        return not digests <= tombstones.ever(controller_id, digests)
    there = set(subjects.in_bulk(controller_id, [subject_id]))
    return bool(there - shredding.shredded(controller_id, there))


def _called_off(lines: Iterable[Line]) -> set[str]:
    return {line["id"] for line in lines if line["kind"] == files.CALLED_OFF}


def _lifted(lines: Iterable[Line]) -> dict[tuple[UUID, str, str], datetime]:
    found: dict[tuple[UUID, str, str], datetime] = {}
    for line in lines:
        if line["kind"] == files.LIFTED:
            for scheme, digest, _ in line["digests"]:
                key = UUID(line["controller"]), scheme, digest
                found[key] = datetime.fromisoformat(line["at"])
    return found


def _by_controller(lines: Iterable[Line]) -> dict[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        found[UUID(line["controller"])].append(line)
    return found
