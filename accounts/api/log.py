"""The log for services: what is recorded about the purposes they are registered for."""

from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.errors import ReadNotRecordedError
from accounts.operations import ServiceView
from accounts.problems import READ, answer, problems, refusal
from audit import services as audit
from audit.actors import SubjectRef, Target
from audit.catalogue import EVENTS
from audit.console import refs, site
from audit.criteria import Criteria
from audit.search import Page, search

MOST = 200
PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
ACTORS = ("officer", "service", "subject", "system")
EXAMPLE = {
    "items": [
        {
            "id": "01978f7e-51c4-7b0a-9a51-0d4be52a3c11", "at": "2026-11-22T08:00:00.000000Z",
            "event": "decision:made",
            "actor": {"type": "service", "id": "01978f7e-0000-7000-8000-00000000aaaa"},
            "target": {"type": "decision", "id": "01978f7e-51c4-7b0a-9a51-0d4be52a3c11"},
            "subject": "01978f7e-0000-7000-8000-00000000cafe", "purpose": "marketing.email.offers",
            "outcome": "deny", "reason_code": "CONSENT_WITHDRAWN",
        }
    ],
    "next_cursor": "AAGXj35RxHsKmlENS-Uqo", "looked_back_to": None,
}  # fmt: skip


class EntriesQuery(inputs.Query):
    subject = inputs.Id(
        required=False,
        help_text=_(
            "Our id of a person. Entries about many people at once, as of audiences and searches, "
            "name nobody here; officers and the person find them under who used the data."
        ),
    )
    purpose = inputs.Code(PURPOSE, max_length=100, required=False)
    event = inputs.Choice(sorted(EVENTS), required=False)
    actor = inputs.Text(max_length=80, required=False, help_text=_("The id of who acted."))
    actor_type = inputs.Choice(ACTORS, required=False)
    target = inputs.Text(max_length=80, required=False, help_text=_("The id of what it is about."))
    outcome = inputs.Code(r"[a-z_]+", max_length=20, required=False)
    reason = inputs.Text(
        max_length=100, required=False, help_text=_("A reason's code, or words of it.")
    )
    since = inputs.Bound(required=False)
    until = inputs.Bound(required=False, help_text=_("Not included."))
    cursor = inputs.Text(
        max_length=200, required=False, help_text=_("`next_cursor` of the page before.")
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)


class PartyOutput(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.CharField(allow_blank=True)


class EntryOutput(serializers.Serializer[Any]):
    """What the index says of an entry; the record itself stays inside."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    event = serializers.CharField()
    actor = PartyOutput()
    target = PartyOutput()
    subject = serializers.UUIDField(source="subject_id", allow_null=True)
    purpose = serializers.CharField()
    outcome = serializers.CharField(allow_blank=True)
    reason_code = serializers.CharField(allow_blank=True)


class EntriesOutput(serializers.Serializer[Any]):
    items = EntryOutput(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text=_("Null: the last page."))
    looked_back_to = serializers.DateTimeField(
        allow_null=True,
        help_text=_("Set where the search ended early: the cursor looks further back."),
    )


list_entries = extend_schema(
    operation_id="list_audit_entries",
    summary="Search the audit log",
    description=(
        "Entries of the controller's log about the purposes the service is registered for, newest "
        "first, page by page, without counts. All filters given must hold. A page may be short, or "
        "empty, and still have a `next_cursor`: a search for something rare ends each page after "
        "half a second and says how far it looked. A cursor belongs to its filters. The reading is "
        "recorded, about each person shown."
    ),
    tags=["Audit"],
    parameters=[EntriesQuery],
    responses={200: EntriesOutput, **problems(*READ, 422)},
    examples=[
        answer("A denial", EXAMPLE),
        refusal(403, "purpose_not_registered", "The service is not registered for this purpose."),
        refusal(422, "cursor_invalid", "This cursor belongs to another search."),
    ],
)  # fmt: skip


class Entries(ServiceView):
    @list_entries
    def get(self, request: Request) -> Response:
        asked = self.asked(EntriesQuery)
        purposes = self.purposes
        if "purpose" in asked:
            self.need(asked["purpose"])
            purposes = {asked["purpose"]}
        page = self._read(asked, purposes) if purposes else Page(())
        items = [_shown(entry) for entry in page.rows]
        shown = {"items": items, "next_cursor": page.next_cursor or None,
                 "looked_back_to": page.looked_back_to}  # fmt: skip
        return Response(EntriesOutput(shown).data)

    @transaction.atomic
    def _read(self, asked: dict[str, Any], purposes: set[str]) -> Page:
        """Search, and record who is shown before anything is (P11)."""
        criteria = _criteria(asked, self.caller.controller_id, purposes)
        page = search(criteria, cursor=asked.get("cursor", ""), limit=asked["limit"])
        people = list(dict.fromkeys(row.subject_id for row in page.rows if row.subject_id))
        self._record(people, sorted(asked.keys() - {"cursor", "limit"}))
        return page

    def _record(self, people: list[UUID], filters: list[str]) -> None:
        """One entry a person, or one that nobody was shown; filters by name only."""
        log = self.caller.controller_id
        data = {"what": "audit", "filters": filters, "shown": len(people)}
        shown: list[SubjectRef | None] = [*refs(log, people)]
        try:
            audit.record_many(
                audit.Draft(
                    event="record:read", by=self.by, controller_id=log, target=Target("audit", ""),
                    subject=one, data=data,
                )
                for one in (shown or [None])
            )  # fmt: skip
        except DatabaseError:
            raise ReadNotRecordedError from None


def _criteria(asked: dict[str, Any], log: UUID, purposes: set[str]) -> Criteria:
    return Criteria(
        controller_ids=(log,), purposes=tuple(sorted(purposes)), subject_id=asked.get("subject"),
        events=(asked["event"],) if "event" in asked else (), actor_id=asked.get("actor", ""),
        actor_type=asked.get("actor_type", ""), target_id=asked.get("target", ""),
        outcome=asked.get("outcome", ""), since=asked.get("since"), until=asked.get("until"),
        reasons=_reasons(asked["reason"]) if "reason" in asked else None,
    )  # fmt: skip


def _reasons(text: str) -> tuple[str, ...]:
    """The code as it is written too: not every reason stands in the rules."""
    return tuple(dict.fromkeys((*site().reason_codes(text), text)))


def _shown(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.id, "at": entry.at, "event": entry.event, "subject_id": entry.subject_id,
        "actor": {"type": entry.actor_type, "id": entry.actor_id},
        "target": {"type": entry.target_type, "id": entry.target_id},
        "purpose": entry.purpose, "outcome": entry.outcome, "reason_code": entry.reason_code,
    }  # fmt: skip
