"""What a question is about, so that rules which could not speak are not asked.

A rule that names topics fires only where the question is about one of them: a programme then
leaves it out, and a plain question costs nothing for all the law that does not concern it.
"""

from policies.pdp.model import Facts

AI = 1
"""A model takes part."""
CLAIMS = 2
"""The caller names operations, data, recipients or a destination."""
STANDING = 4
"""Something is recorded about the state of the person's data."""
GUARDED = 8
"""The person is not known to be an adult who decides alone."""
RECEIVED = 16
"""Somebody beyond the caller receives data, or they go somewhere."""
RECORDED = 32
"""Something restrictive is recorded: a duty, protected data, a freeze, an objection, a channel."""
FLAGGED = 64
"""A provenance flag is on record about the person."""


def topics(facts: Facts) -> int:
    """The topics of a question, added up."""
    question, subject = facts.question, facts.subject
    found = 0 if question.ai is None else AI
    if question.operations or question.data or question.recipients or question.destination:
        found |= CLAIMS
    declared = () if facts.purpose is None else facts.purpose.recipients
    if facts.recipients or question.recipients or question.destination or declared:
        found |= RECEIVED
    if _is_recorded(facts):
        found |= RECORDED
    if subject is None:
        return found
    if subject.standings:
        found |= STANDING
    if subject.provenance:
        found |= FLAGGED
    if subject.age != "adult" or subject.adult_at is not None or subject.has_guardian:
        return found | GUARDED
    return found if facts.consent.given_by == "principal" else found | GUARDED


def _is_recorded(facts: Facts) -> bool:
    purpose, subject = facts.purpose, facts.subject
    if facts.objections or facts.frozen or facts.special or facts.criminal:
        return True
    if facts.question.collected_for or (subject is not None and subject.suppressed):
        return True
    if purpose is None:
        return False
    return bool(purpose.duties or purpose.needs_dpia or purpose.special or purpose.criminal)
