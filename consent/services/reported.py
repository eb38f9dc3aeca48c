"""Choices that a service reports: whom it means, and which words it must have shown.

The rules of recording are in `choices`; here are the defaults of a caller who knows less than the
portal does.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from audit.actors import Actor
from consent import catalogue as catalogues
from consent import selectors
from consent.errors import NoticeNotInForceError
from consent.models import ConsentEvent
from consent.services import choices
from consent.services.lines import Choice
from subjects import selectors as subjects
from subjects.errors import SubjectUnknownError

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Named:
    """How a service names a person: our id, or the company's own identifier of a scheme."""

    subject_id: UUID | None = None
    scheme: str = ""
    value: str = ""


@transaction.atomic
def report(*, by: Actor, controller_id: UUID, who: Named, choice: Choice) -> ConsentEvent:
    """Record a choice about the person `who` names; the choice's own `subject_id` is not read.

    Without a notice the newest one that is in force counts as shown; without a language the
    person's own where the notice has it, else English. Raises as `record`, and UnknownSchemeError,
    MalformedIdentifierError.
    """
    subject_id, spoken = _person(controller_id, who)
    shown = _with_words(replace(choice, subject_id=subject_id), controller_id, spoken)
    event = choices.record(by=by, controller_id=controller_id, choice=shown)
    return _whole(event)


@transaction.atomic
def report_withdrawal(  # noqa: PLR0913 (what a withdrawal may say)
    *,
    by: Actor,
    controller_id: UUID,
    who: Named,
    purpose: str,
    method: str,
    channel: str = "",
    reason: str = "",
) -> ConsentEvent:
    """Withdraw for the person `who` names. Raises as `withdraw`, and as `report` for the person."""
    subject_id, _language = _person(controller_id, who)
    event = choices.withdraw(
        by=by, controller_id=controller_id, subject_id=subject_id, purpose=purpose, method=method,
        channel=channel, reason=reason,
    )  # fmt: skip
    return _whole(event)


def _person(controller_id: UUID, who: Named) -> tuple[UUID, str]:
    """The person's id and language."""
    if who.subject_id is not None:
        person = subjects.subject(controller_id, who.subject_id)
        return person.id, person.language
    found = subjects.find(controller_id, who.scheme, who.value)
    if found is None:
        raise SubjectUnknownError
    return found.id, found.language


def _with_words(choice: Choice, controller_id: UUID, spoken: str) -> Choice:
    """The choice with the language of the words, once its notice is known to be in force.

    Raises NoticeNotInForceError for a notice that does not ask about this purpose, whatever was
    chosen: the ledger must not point at another company's words.
    """
    known = catalogues.in_force(controller_id).purposes.get(choice.purpose)
    notices = known.notices if known else ()
    wanted = choice.notice_version
    notice = next((one for one in notices if wanted in {None, one.version_id}), None)
    if wanted and (notice is None or choice.language not in {"", *notice.languages}):
        raise NoticeNotInForceError
    if choice.language or notice is None:
        return choice
    spoken_first = (spoken, spoken.partition("-")[0], ENGLISH)
    language = next((one for one in spoken_first if one in notice.languages), "")
    return replace(choice, language=language)


def _whole(event: ConsentEvent) -> ConsentEvent:
    """The event with its purpose and notice at hand."""
    return selectors.event(event.controller_id, event.pk) or event
