"""Two records of one person become one, and one that was two people becomes two again (CON-31).

What is known of the person is then the more protective of both. What was changed is handed back,
so that it can be undone; what was chosen is `consent`'s to join.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from keys import services as keys
from subjects.capacities import refuse_related
from subjects.errors import SubjectsNotTwoError, SubjectUnknownError
from subjects.models import AgeState, Assurance, Identifier, SignInLink, Standing, Subject
from subjects.provenance import keep_common
from subjects.selectors import data_key
from subjects.services import end_standing, ref, set_standing
from subjects.suppression import read, write

MERGED = "merged"
_LONGEST = 400
_AGES = (AgeState.CHILD, AgeState.UNKNOWN, AgeState.ADULT)
_ASSURANCES = (Assurance.UNKNOWN, Assurance.DECLARED, Assurance.VERIFIED)


@dataclass(frozen=True, slots=True)
class Joined:
    """What joining two records changed: ids, and facts as they were and became."""

    identifiers: list[str] = field(default_factory=list)
    standings: list[str] = field(default_factory=list)
    facts: dict[str, list[Any]] = field(default_factory=dict)


def both(controller_id: UUID, one: UUID, other: UUID) -> tuple[Subject, Subject]:
    """Both records, locked in the order of their ids. Raises SubjectUnknownError."""
    rows = Subject.objects.select_for_update(no_key=True).filter(controller_id=controller_id)
    found = {row.id: row for row in rows.filter(pk__in=(one, other)).order_by("pk")}
    if one not in found or other not in found:
        raise SubjectUnknownError
    return found[one], found[other]


@transaction.atomic
def join(*, by: Actor, kept: Subject, absorbed: Subject) -> Joined:
    """Let `kept` be found by every identifier of `absorbed`, about which nothing is permitted now.

    A provenance flag stays where it stands about both, and ends for good where it does not: who
    parts the records again sets it anew.

    Both come from `both`. Raises SubjectsNotTwoError for one record, for one that was joined to
    another already, or that another was joined to; SubjectsRelatedError where one is verified to
    be the other's guardian, joint holder or the like; KeyDestroyedError for an erased one.
    """
    taken = Subject.objects.filter(merged_into=absorbed.id).exists()
    if kept.id == absorbed.id or taken or kept.merged_into or absorbed.merged_into:
        raise SubjectsNotTwoError
    refuse_related(kept.controller_id, kept.id, absorbed.id)
    keep_common(by=by, kept=kept, absorbed=absorbed)
    joined = Joined(
        _move(list(Identifier.objects.filter(subject=absorbed)), absorbed, kept),
        _copy_standings(by, kept, absorbed), _protect(kept, absorbed),
    )  # fmt: skip
    absorbed.merged_into = kept.id
    absorbed.save(update_fields=["merged_into"])
    SignInLink.objects.filter(subject=absorbed, used_at=None).delete()
    _record(by, kept, "subject:merged", {"identifiers": len(joined.identifiers)})
    return joined


@transaction.atomic
def part(*, by: Actor, kept: Subject, absorbed: Subject, joined: Joined) -> None:
    """Undo a joining: identifiers, standings and facts are as they were.

    A fact that somebody changed since stays. Raises SubjectsNotTwoError where they are not joined,
    KeyDestroyedError where one was erased.
    """
    if absorbed.merged_into != kept.id:
        raise SubjectsNotTwoError
    absorbed.merged_into = None
    absorbed.save(update_fields=["merged_into"])
    own = Identifier.objects.filter(subject=kept, pk__in=joined.identifiers)
    _move(list(own), kept, absorbed)
    for standing in Standing.objects.filter(pk__in=joined.standings, ended_at=None):
        end_standing(by=by, standing=standing)
    _restore(kept, joined.facts)
    _record(by, kept, "subject:split", {"identifiers": len(joined.identifiers)})


def _move(rows: Sequence[Identifier], giver: Subject, taker: Subject) -> list[str]:
    """Seal identifiers under the other person's key."""
    if not rows:
        return []
    old, new = data_key(giver), data_key(taker)
    for row in rows:
        scheme = row.scheme.encode()
        text = keys.open_sealed(old, bytes(row.sealed), context=giver.id.bytes + scheme)
        row.sealed = keys.seal(new, text, context=taker.id.bytes + scheme)
        row.subject = taker
    Identifier.objects.bulk_update(rows, ["sealed", "subject"])
    return [str(row.id) for row in rows]


def _copy_standings(by: Actor, kept: Subject, absorbed: Subject) -> list[str]:
    """What stands about either stands about the one; the other record is not used at all."""
    parts = ("state", "scope_type", "scope")
    held = set(Standing.objects.filter(subject=kept, ended_at=None).values_list(*parts))
    made = [
        set_standing(
            by=by, subject=kept, state=one.state, scope_type=one.scope_type, scope=one.scope,
            reason=one.reason, since_at=one.since_at,
        )
        for one in Standing.objects.filter(subject=absorbed, ended_at=None)
        if (one.state, one.scope_type, one.scope) not in held
    ]  # fmt: skip
    own = Standing.objects.filter(subject=absorbed, ended_at=None)
    if not own.filter(state="restricted", scope_type="everything").exists():
        made.append(set_standing(by=by, subject=absorbed, state="restricted", reason=MERGED))
    return [str(one.id) for one in made]


def _protect(kept: Subject, absorbed: Subject) -> dict[str, list[Any]]:
    """Give the kept record the more protective of each fact, and say which changed how."""
    wanted: dict[str, Any] = {
        **_age(kept, absorbed),
        "has_guardian": kept.has_guardian or absorbed.has_guardian,
        "residence": _residence(kept.residence, absorbed.residence),
        "suppressed": _suppressed(kept.suppressed, absorbed.suppressed),
    }
    changed = {name: value for name, value in wanted.items() if getattr(kept, name) != value}
    facts = {name: [_said(getattr(kept, name)), _said(new)] for name, new in changed.items()}
    for name, value in changed.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(changed))
    return facts


def _age(one: Subject, other: Subject) -> dict[str, Any]:
    """A child before an unknown age before an adult; of two alike the less certain."""

    def rank(person: Subject) -> tuple[int, int]:
        age, assurance = AgeState(person.age_state), Assurance(person.age_assurance)
        return _AGES.index(age), _ASSURANCES.index(assurance)

    found = min(one, other, key=rank)
    days = [each.adult_on for each in (one, other) if each.age_state == found.age_state]
    latest = None if None in days else max(day for day in days if day)
    return {
        "age_state": found.age_state, "age_assurance": found.age_assurance,
        "adult_on": latest,
    }  # fmt: skip


def _residence(one: str, other: str) -> str:
    """Two countries are none that is known: then nothing is permitted until somebody says which."""
    if one and other and one != other:
        return ""
    return one or other


def _suppressed(one: str, other: str) -> str:
    text = write({**read(other), **read(one)})
    return text if len(text) <= _LONGEST else write({"*": "other"})


def _restore(kept: Subject, facts: dict[str, list[Any]]) -> None:
    undone = [name for name, (_, after) in facts.items() if _said(getattr(kept, name)) == after]
    for name in undone:
        before = facts[name][0]
        is_day = name == "adult_on" and before is not None
        setattr(kept, name, date.fromisoformat(before) if is_day else before)
    kept.save(update_fields=undone)


def _said(value: Any) -> Any:
    """A fact as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def _record(by: Actor, subject: Subject, event: str, data: dict[str, object]) -> None:
    audit.record(
        event=event, by=by, controller_id=subject.controller_id,
        target=Target("subject", str(subject.id)), subject=ref(subject), data=data,
    )  # fmt: skip
