"""What the decision means for a reading: whether the person is there, and each category's ruling.

One question for the purpose as a whole and one for each data category, so that what one category
denies does not take the others with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from audit.actors import Actor, SubjectRef
from policies import deciding
from policies.deciding import About, Decided
from policies.pdp.model import Facts, Question, Standing
from policies.texts import reason_text
from profiles.fields import DecisionShown, Ruling

HIDDEN: Final = frozenset(("restricted", "erasing", "erased", "vault"))
"""Standings of people whom ordinary readers cannot tell from people who do not exist (PRO-06)."""
CHANNEL: Final = "profile"
"""Looking is no message. Left unsaid it might be any, and rules about messages would deny."""
RESTRICTED_CODE: Final = "PROCESSING_RESTRICTED"
_RESERVED: Final = "sys."
_DENIED_LIKE_ANYBODY: Final = frozenset(("SUBJECT_DECEASED",))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What is asked of the engine: a purpose, and the case a reserved one serves."""

    purpose: str
    case: str = ""

    def question(self, *categories: str) -> Question:
        return Question(purpose=self.purpose, case=self.case, channel=CHANNEL, data=categories)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A person who is there for this reader, with the decision as a whole and by category."""

    subject: SubjectRef
    whole: Decided
    by_category: Mapping[str, Ruling]


def ruled(
    *,
    by: Actor,
    controller_id: UUID,
    subject_ids: Sequence[UUID],
    use: Use,
    categories: Iterable[str],
    sees_restricted: bool,
) -> dict[UUID, Ruled]:
    """What is decided about each of these people; who is not there for this reader is left out.

    Left out alike: nobody, another controller's, joined to another record, without a data key,
    and, unless `sees_restricted`, whoever is restricted, being erased or kept for the law only.
    """
    wanted = tuple(dict.fromkeys(categories))
    asked = [
        About(one, use.question(*named))
        for one in subject_ids
        for named in ((), *((category,) for category in wanted))
    ]
    made = deciding.decided_many(controller_id=controller_id, caller=by, questions=asked)
    size = len(wanted) + 1
    found = {}
    for place, one in enumerate(subject_ids):
        whole, *each = made[place * size : (place + 1) * size]
        person = _ruled(whole, dict(zip(wanted, each, strict=True)), use)
        if person is not None and (sees_restricted or not is_hidden(whole.facts, use.purpose)):
            found[one] = person
    return found


def is_hidden(facts: Facts | None, purpose: str) -> bool:
    """Whether the person stands where ordinary readers do not see them; unknown facts hide."""
    if facts is None or facts.subject is None:
        return True
    return any(_hides(one, purpose) for one in facts.subject.standings)


def _hides(standing: Standing, purpose: str) -> bool:
    """A scope nobody knows reaches everything; one of a category closes that category alone."""
    if standing.state not in HIDDEN or standing.scope_type == "category":
        return False
    return standing.scope_type != "purpose" or standing.scope == purpose


def shown(decided: Decided) -> DecisionShown:
    """The decision as a whole, as a reader is told it."""
    made = decided.decision
    return DecisionShown(
        permit=made.permit, reason_code=made.reason_code, text=decided.text, rule=made.rule,
        policy_version=made.policy_version, since=decided.since,
        obligations=tuple(one.code for one in made.obligations) if made.permit else (),
    )  # fmt: skip


def _ruled(whole: Decided, each: Mapping[str, Decided], use: Use) -> Ruled | None:
    if whole.subject is None or whole.subject.pseudonym is None:
        return None
    rulings = {category: _ruling(one, category, use) for category, one in each.items()}
    return Ruled(whole.subject, whole, rulings)


def _ruling(decided: Decided, category: str, use: Use) -> Ruling:
    made = decided.decision
    if not made.permit:
        stands = made.reason_code in deciding.STANDING_CODES.keys() - _DENIED_LIKE_ANYBODY
        return Ruling(
            permit=False, reason_code=made.reason_code, text=decided.text, since=decided.since,
            is_standing=stands,
        )  # fmt: skip
    closed = None if use.purpose.startswith(_RESERVED) else _closed(decided.facts, category)
    if closed is None:
        return Ruling(permit=True, reason_code=made.reason_code)
    return Ruling(
        permit=False, reason_code=RESTRICTED_CODE, text=reason_text(RESTRICTED_CODE),
        since=_EPOCH + timedelta(microseconds=closed.since), is_standing=True,
    )  # fmt: skip


def _closed(facts: Facts | None, category: str) -> Standing | None:
    """What closes this category although the law at hand would not: it was restricted."""
    person = facts.subject if facts is not None else None
    standings = person.standings if person is not None else ()
    return next(
        (
            one for one in standings
            if one.state in HIDDEN and (one.scope_type, one.scope) == ("category", category)
        ),
        None,
    )  # fmt: skip
