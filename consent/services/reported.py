"""Choices that a service reports: whom it means, and which words it must have shown.

The rules of recording are in `choices`; here are the defaults of a caller who knows less than the
portal does.
"""

from uuid import UUID

from django.db import transaction
from msgspec.structs import replace

from audit.actors import Actor
from consent import selectors
from consent.capture_errors import ManagerNotActiveError
from consent.catalogue import NoticeInForce, PurposeInForce
from consent.errors import NoticeNotInForceError
from consent.models import ConsentEvent, Notice, NoticeVersion, Purpose
from consent.services import choices
from consent.services.lines import Choice
from consent.services.writing import Writer
from consent.versions.languages import best
from subjects.naming import Named, lock_person

METHOD = "consent_manager"


@transaction.atomic(savepoint=False)
def report(*, by: Actor, controller_id: UUID, who: Named, choice: Choice) -> ConsentEvent:
    """Record a choice about the person `who` names; the choice's own `subject_id` is not read.

    Without a notice the newest one that is in force counts as shown; without a language the
    person's own where the notice has it, else English. Raises as `record`, and UnknownSchemeError,
    MalformedIdentifierError; then the caller's transaction is over, if there is one.
    """
    if METHOD in {choice.given_by, choice.method}:
        raise ManagerNotActiveError  # a service cannot speak for one: managers sign for themselves
    person = lock_person(controller_id, who)
    writer = Writer.beside(by, controller_id, person.ref)
    known = writer.catalogue.purposes.get(choice.purpose)
    shown = _with_words(replace(choice, subject_id=person.ref.id), known, person.language)
    return _with_parts(choices.record_by(writer, shown).event(), known)


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
    person = lock_person(controller_id, who)
    event = choices.withdraw(
        by=by, controller_id=controller_id, subject_id=person.ref.id, purpose=purpose,
        method=method, channel=channel, reason=reason,
    )  # fmt: skip
    return _whole(event)


def _with_words(choice: Choice, known: PurposeInForce | None, spoken: str) -> Choice:
    """The choice with the language of the words, once its notice is known to be in force.

    Raises NoticeNotInForceError for a notice that does not ask about this purpose, whatever was
    chosen: the ledger must not point at another company's words.
    """
    notices = known.notices if known else ()
    wanted = choice.notice_version
    notice = next((one for one in notices if wanted in {None, one.version_id}), None)
    if wanted and (notice is None or choice.language not in {"", *notice.languages}):
        raise NoticeNotInForceError
    if choice.language or notice is None:
        return choice
    return replace(choice, language=best(spoken, notice.languages))


def _with_parts(event: ConsentEvent, known: PurposeInForce | None) -> ConsentEvent:
    """The event with its purpose and notice as the catalogue knows them: nothing is read again."""
    version = event.notice_version_id
    notices = known.notices if known else ()
    notice = next((one for one in notices if one.version_id == version), None)
    if known is None or (version and notice is None):
        return _whole(event)
    event.purpose = Purpose(id=known.id, code=known.code, controller_id=event.controller_id)
    event.notice_version = _version(notice) if notice else None
    return event


def _version(notice: NoticeInForce) -> NoticeVersion:
    return NoticeVersion(
        id=notice.version_id, number=notice.number, notice=Notice(code=notice.code)
    )


def _whole(event: ConsentEvent) -> ConsentEvent:
    """The event with its purpose and notice at hand."""
    return selectors.event(event.controller_id, event.pk) or event
