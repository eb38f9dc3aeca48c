"""Disclosures for services: tell that data went to a recipient, and ask to whom they went."""

from typing import Any, Final
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
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from audit import services as audit
from audit.actors import Target
from profiles import alike
from profiles import selectors_disclosed as selectors
from profiles.rulings import HIDDEN
from profiles.services.disclosing import GROUNDS, MOST_PEOPLE, Handed, Told, record_disclosure
from subjects import readable
from subjects import selectors as subjects
from subjects.errors import SubjectUnknownError
from subjects.services import ref

TAGS: Final = ["Disclosures"]
PURPOSE: Final = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
SLUG: Final = r"[a-zA-Z0-9_-]+"
_PERSON: Final = "01978f7e-0000-7000-8000-00000000cafe"
_TOLD: Final[dict[str, Any]] = {
    "key": "payout-2026-11-22", "recipient": "acme-bank", "purpose": "loans.payout",
    "categories": ["pd:Financial"], "described": "Account number and amount of the payout",
    "ground": "consent", "disclosed_at": "2026-11-22T08:00:00Z",
}  # fmt: skip
_TRANSFER: Final[dict[str, Any]] = {
    "id": "01978f7e-51c4-7b0a-9a51-0d4be52a3c11", "recipient": "acme-bank",
    "recipient_name": "Acme Bank", "country": "IN", "purpose": "loans.payout",
    "categories": ["pd:Financial"], "described": "Account number and amount of the payout",
    "ground": "consent", "disclosed_at": "2026-11-22T08:00:00Z", "is_written_request": False,
}  # fmt: skip


class PersonInput(inputs.Input):
    subject = inputs.Id(help_text=_("Our id of the person."))
    decision = inputs.Id(
        required=False, help_text=_("The decision that permitted it, where one was asked for.")
    )


class DisclosureInput(inputs.Input):
    """A transfer to one recipient, of one person or of many."""

    key = inputs.Code(
        r"[A-Za-z0-9._:/-]+", max_length=40,
        help_text=_("Your own name of the transfer: told twice it is recorded once."),
    )  # fmt: skip
    people = serializers.ListField(child=PersonInput(), min_length=1, max_length=MOST_PEOPLE)
    recipient = inputs.Code(SLUG, max_length=60, help_text=_("The code of a party on record."))
    purpose = inputs.Code(PURPOSE, max_length=100)
    categories = serializers.ListField(
        child=inputs.Text(max_length=60), min_length=1, max_length=100,
        help_text=_("Codes of registered data categories."),
    )  # fmt: skip
    described = inputs.Text(
        max_length=300, help_text=_("What was handed over, in words; never the data themselves.")
    )
    ground = inputs.Choice(sorted(GROUNDS))
    disclosed_at = inputs.Moment()
    is_written_request = inputs.Flag(
        default=False, help_text=_("On a written request of an authority (DPDP s.11(2)).")
    )
    request_reference = inputs.Text(max_length=80, required=False)
    is_public = inputs.Flag(
        default=False, help_text=_("It was made public there (GDPR Art 17(2)).")
    )
    place = inputs.Text(
        max_length=500, required=False,
        help_text=_("The web address at which it is shown; kept under the person's own key."),
    )  # fmt: skip


class DisclosedOutput(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), help_text=_("In the order told."))
    repeated = serializers.IntegerField(help_text=_("How many were on record before."))


class DisclosuresQuery(inputs.Query):
    subject = inputs.Id(help_text=_("Our id of the person."))
    before = inputs.Id(required=False, help_text=_("The last id of the page before."))
    limit = serializers.IntegerField(min_value=1, max_value=selectors.MOST, default=100)


class TransferOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    recipient = serializers.CharField(source="recipient_code")
    recipient_name = serializers.CharField(source="recipient")
    country = serializers.CharField()
    purpose = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    described = serializers.CharField()
    ground = serializers.CharField()
    disclosed_at = serializers.DateTimeField()
    is_written_request = serializers.BooleanField(
        help_text=_("The person is not told of these (DPDP s.11(2)).")
    )


class TransfersOutput(serializers.Serializer[Any]):
    items = TransferOutput(many=True)
    next_before = serializers.UUIDField(allow_null=True, help_text=_("Null: the last page."))


record_disclosures = extend_schema(
    operation_id="record_disclosure",
    summary="Record a disclosure",
    description=(
        "Records that data of people went to a recipient (DPDP s.11(1)(b); GDPR Art 15(1)(c), 19):"
        " up to 1,000 people at once, all or none. What happened is recorded even if no decision "
        "permitted it; then somebody is alarmed. It is final, it is told to the person, and the "
        "recipient is told when the person is erased."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=DisclosureInput,
    responses={201: DisclosedOutput, **problems(*WRITE)},
    examples=[
        body("To a bank", {**_TOLD, "people": [{"subject": _PERSON}]}),
        answer("On record", {"ids": [_TRANSFER["id"]], "repeated": 0}, 201),
        refusal(409, "disclosure_conflict", "Another disclosure was recorded under this key."),
        refusal(422, "recipient_unknown", "The controller has no such recipient on record."),
    ],
)
list_disclosures = extend_schema(
    operation_id="list_disclosures",
    summary="To whom data of a person went",
    description=(
        "The transfers of a person's data for the purposes the service is registered for, newest "
        "first. The reading is recorded."
    ),
    tags=TAGS,
    parameters=[DisclosuresQuery],
    responses={200: TransfersOutput, **problems(*READ)},
    examples=[answer("One", {"items": [_TRANSFER], "next_before": None})],
)


class Disclosures(ServiceView):
    @record_disclosures
    def post(self, request: Request) -> Response:
        said = self.said(DisclosureInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: (201, self._record(said)))
        return Response(made, status)

    @list_disclosures
    def get(self, request: Request) -> Response:
        asked = self.asked(DisclosuresQuery)
        found = self._read(asked["subject"], asked.get("before"), asked["limit"])
        more = found[asked["limit"] - 1].id if len(found) > asked["limit"] else None
        page = {"items": found[: asked["limit"]], "next_before": more}
        return Response(TransfersOutput(page).data)

    def _record(self, said: dict[str, Any]) -> dict[str, Any]:
        people = [Handed(one["subject"], one.get("decision")) for one in said["people"]]
        told = Told(
            key=said["key"], recipient=said["recipient"], purpose=said["purpose"],
            categories=tuple(said["categories"]), described=said["described"],
            ground=said["ground"], disclosed_at=said["disclosed_at"],
            is_written_request=said["is_written_request"],
            request_reference=said.get("request_reference", ""), is_public=said["is_public"],
            place=said.get("place", ""),
        )  # fmt: skip
        done = record_disclosure(
            by=self.by, controller_id=self.caller.controller_id, people=people, told=told
        )
        ids = {"ids": [one.id for one in done.rows], "repeated": done.repeated}
        return dict(DisclosedOutput(ids).data)

    @transaction.atomic
    def _read(self, subject_id: UUID, before: UUID | None, limit: int) -> list[selectors.Transfer]:
        """Who is asked about stands in the log before anything is answered (P11).

        Whoever is restricted, being erased, kept for the law or without a key is not there
        (PRO-06): their transfers are for those who answer them.
        """
        log, began = self.caller.controller_id, alike.began()
        is_there = readable.with_key(log, [subject_id]) == [subject_id]
        if readable.stands_so(log, subject_id, HIDDEN) or not is_there:
            alike.wait(began)
            raise SubjectUnknownError
        person = subjects.subject(log, subject_id)
        found = selectors.transfers(
            log, subject_id, purposes=self.purposes, before=before, limit=limit + 1
        )
        try:
            audit.record(
                event="record:read", by=self.by, controller_id=log, subject=ref(person),
                target=Target("disclosures", ""), data={"what": "disclosures", "shown": len(found)},
            )  # fmt: skip
        except DatabaseError:
            raise ReadNotRecordedError from None
        return found
