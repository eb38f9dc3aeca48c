"""Transfers to recipients: each once and for good, told to the person and to erasure (PRO-05)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from audit.models import Alarm
from audit.selectors import payload
from consent.errors import PurposeUnknownError
from profiles import selectors_disclosed as selectors
from profiles.errors_guarded import (
    DescribedError,
    DisclosedInFutureError,
    DisclosureCategoryError,
    DisclosureConflictError,
    DisclosureKeyError,
    ExportPeopleError,
    GroundUnknownError,
    RecipientUnknownError,
    RequestReferenceError,
)
from profiles.models import Disclosure
from profiles.services import Handed, Told, record_disclosure
from registry import services as registry
from subjects import services as subjects
from subjects.errors import SubjectUnknownError
from tests.factories.company import AUTHOR, OFFERS
from tests.profiles.guarded_world import CONTACT, MONEY, events, guarded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-05")]
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def lotus(transactional_db):
    found = guarded()
    for code, kind, contract in (("acme", "recipient", "C-7"), ("police", "recipient", "Law")):
        registry.record_party(
            by=AUTHOR, controller_id=found.id, code=code, name=code.title(), kind=kind,
            country="IN", contract_reference=contract,
        )  # fmt: skip
    registry.record_party(
        by=AUTHOR, controller_id=found.id, code="us", name="Us", kind="internal", country="IN"
    )
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


def told(**more):
    given = {
        "key": "payout-1", "recipient": "acme", "purpose": OFFERS, "categories": (CONTACT,),
        "described": "Address for the parcel", "ground": "consent", "disclosed_at": AT, **more,
    }  # fmt: skip
    return Told(**given)


def hands(lotus, *people, by=None, decision=None, **more):
    return record_disclosure(
        by=by or lotus.service, controller_id=lotus.id, told=told(**more),
        people=[Handed(getattr(one, "id", one), decision) for one in people],
    )  # fmt: skip


class TestADisclosure:
    def test_is_told_to_the_person(self, lotus, asha):
        hands(lotus, asha)

        found = selectors.told_to_person(lotus.id, asha.id)

        assert [(one.recipient, one.purpose, one.categories) for one in found] == [
            ("Acme", OFFERS, (CONTACT,))
        ]

    def test_on_an_authoritys_written_request_is_not(self, lotus, asha):
        hands(
            lotus, asha, recipient="police", ground="s7d", purpose="sys.legal_claim",
            is_written_request=True, request_reference="FIR/2026-44",
        )  # fmt: skip

        assert selectors.told_to_person(lotus.id, asha.id) == []
        assert [one.recipient for one in selectors.transfers(lotus.id, asha.id)] == ["Police"]

    def test_makes_a_recipient_whom_erasure_must_tell(self, lotus, asha):
        hands(lotus, asha)
        hands(lotus, asha, key="payout-2", categories=(MONEY,), disclosed_at=AT + timedelta(1))

        found = selectors.recipients(lotus.id, asha.id)

        assert [(one.code, one.categories, one.last_at) for one in found] == [
            ("acme", (CONTACT, MONEY), AT + timedelta(1))
        ]

    def test_is_recorded_once_however_often_it_is_told(self, lotus, asha):
        first = hands(lotus, asha)
        again = hands(lotus, asha)

        assert (first.repeated, again.repeated) == (0, 1)
        assert [one.id for one in again.rows] == [one.id for one in first.rows]
        assert Disclosure.objects.count() == 1
        assert len(events(lotus, "disclosure:recorded")) == 1

    def test_of_many_is_one_line_each(self, lotus, asha):
        bela = lotus.person("bela@example.in")

        found = hands(lotus, asha, bela)

        assert [row.subject_id for row in found.rows] == [asha.id, bela.id]
        assert len(events(lotus, "disclosure:recorded")) == 2

    def test_of_a_joined_record_is_the_persons(self, lotus, asha):
        bela = lotus.person("bela@example.in")
        hands(lotus, bela)
        from consent import services as consent

        consent.merge(
            by=AUTHOR, controller_id=lotus.id, kept_id=asha.id, absorbed_id=bela.id,
            reason="duplicate",
        )  # fmt: skip

        assert len(selectors.told_to_person(lotus.id, asha.id)) == 1

    def test_of_somebody_restricted_is_recorded_all_the_same(self, lotus, asha):
        subjects.set_standing(by=AUTHOR, subject=asha, state="restricted", reason="art_18")

        assert len(hands(lotus, asha).rows) == 1

    def test_that_cannot_be_recorded_leaves_nothing(self, lotus, asha, broken_log):
        broken_log.breaks()

        with pytest.raises(DatabaseError):
            hands(lotus, asha)

        assert not Disclosure.objects.exists()


class TestTheDecision:
    def test_that_is_missing_makes_it_unbacked_and_an_alarm(self, lotus, asha):
        hands(lotus, asha)

        entry = events(lotus, "disclosure:recorded")[0]
        assert (entry.outcome, entry.reason_code) == ("unbacked", "DECISION_MISSING")
        assert Alarm.objects.filter(controller_id=lotus.id, kind="unbacked_use").exists()

    def test_of_nobody_makes_it_unbacked(self, lotus, asha):
        hands(lotus, asha, decision=uuid4())

        assert events(lotus, "disclosure:recorded")[0].reason_code == "DECISION_UNKNOWN"

    def test_is_not_asked_for_where_an_authority_asked(self, lotus, asha):
        hands(lotus, asha, is_written_request=True, request_reference="FIR-1", ground="s7d")

        assert events(lotus, "disclosure:recorded")[0].outcome == "backed"

    @pytest.mark.parametrize(
        ("change", "gap"),
        [({}, ""), ({"outcome": "deny"}, "DECISION_DENIED"),
         ({"purpose": "research.surveys"}, "DECISION_OTHER_PURPOSE"),
         ({"subject": "bela"}, "DECISION_OTHER_SUBJECT")],
    )  # fmt: skip
    def test_backs_it_only_if_it_permitted_just_that(self, lotus, asha, change, gap):
        from audit import services as audit
        from audit.actors import Target
        from subjects.services import ref

        about = lotus.person("bela@example.in") if change.pop("subject", "") else asha
        given = {"outcome": "permit", "purpose": OFFERS, **change}
        with transaction.atomic():
            decision = audit.record(
                event="decision:made", by=lotus.service, controller_id=lotus.id,
                target=Target("decision", ""), subject=ref(about), **given,
            )  # fmt: skip

        hands(lotus, asha, decision=decision, disclosed_at=datetime.now(UTC))

        assert events(lotus, "disclosure:recorded")[0].reason_code == gap


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"recipient": "nobody"}, RecipientUnknownError),
            ({"recipient": "us"}, RecipientUnknownError),
            ({"purpose": "no.such"}, PurposeUnknownError),
            ({"categories": ()}, DisclosureCategoryError),
            ({"categories": ("pd:Nothing",)}, DisclosureCategoryError),
            ({"described": ""}, DescribedError),
            ({"described": "x" * 301}, DescribedError),
            ({"described": "asha.rao@example.in"}, DescribedError),
            ({"ground": "because"}, GroundUnknownError),
            ({"is_written_request": True}, RequestReferenceError),
            ({"disclosed_at": datetime(2100, 1, 1, tzinfo=UTC)}, DisclosedInFutureError),
            ({"key": ""}, DisclosureKeyError),
            ({"key": "x" * 41}, DisclosureKeyError),
            ({"key": "two words"}, DisclosureKeyError),
        ],
    )
    def test_is_refused_and_nothing_is_recorded(self, lotus, asha, change, error):
        with pytest.raises(error):
            hands(lotus, asha, **change)

        assert not Disclosure.objects.exists()

    def test_another_transfer_under_the_same_key(self, lotus, asha):
        hands(lotus, asha)

        with pytest.raises(DisclosureConflictError):
            hands(lotus, asha, described="Something else")

    def test_nobody_or_somebody_twice(self, lotus, asha):
        for people in ((), (asha, asha)):
            with pytest.raises(ExportPeopleError):
                hands(lotus, *people)

    @pytest.mark.req("P9")
    def test_somebody_of_another_company_with_all_the_others(self, lotus, asha):
        theirs = guarded("rose").person("chitra@example.in")

        with pytest.raises(SubjectUnknownError):
            hands(lotus, asha, theirs)

        assert not Disclosure.objects.exists()


class TestTheRow:
    def test_never_changes_and_is_never_deleted(self, lotus, asha):
        hands(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            Disclosure.objects.update(described="Something else")
        with pytest.raises(DatabaseError), transaction.atomic():
            Disclosure.objects.all().delete()

    @pytest.mark.req("P9")
    def test_is_never_of_another_companys_recipient(self, lotus, asha):
        rose = guarded("rose")
        theirs = registry.record_party(
            by=AUTHOR, controller_id=rose.id, code="acme", name="Acme", kind="recipient",
            country="IN", contract_reference="C-8",
        )  # fmt: skip

        with pytest.raises(IntegrityError), transaction.atomic():
            Disclosure.objects.create(
                controller_id=lotus.id, subject=asha, recipient=theirs, purpose=OFFERS,
                categories=[CONTACT], described="x", ground="consent", disclosed_at=AT,
                recorded_by="x", key="k",
            )  # fmt: skip


class TestTheApi:
    URL = "/api/v1/disclosures"

    def post(self, lotus, **more):
        body = {
            "key": "payout-1", "recipient": "acme", "purpose": OFFERS, "categories": [CONTACT],
            "described": "Address for the parcel", "ground": "consent",
            "disclosed_at": "2026-11-20T09:00:00Z", **more,
        }  # fmt: skip
        return Client().post(
            self.URL, body, content_type="application/json", headers=lotus.company.headers
        )

    def test_records_and_tells(self, lotus, asha):
        made = self.post(lotus, people=[{"subject": str(asha.id)}])

        found = Client().get(self.URL, {"subject": str(asha.id)}, headers=lotus.company.headers)
        assert (made.status_code, found.status_code) == (201, 200)
        assert [one["id"] for one in found.json()["items"]] == made.json()["ids"]
        assert found.json()["items"][0]["recipient"] == "acme"

    def test_notes_who_was_asked_about_before_it_answers(self, lotus, asha, broken_log):
        broken_log.breaks()

        found = Client().get(self.URL, {"subject": str(asha.id)}, headers=lotus.company.headers)

        assert found.status_code == 503
        assert "items" not in found.json()

    def test_is_closed_for_purposes_of_others(self, lotus, asha):
        made = self.post(lotus, people=[{"subject": str(asha.id)}], purpose="orders.other")

        assert made.json()["code"] == "purpose_not_registered"

    def test_points_at_bad_input(self, lotus, asha):
        made = self.post(lotus, people=[{"subject": "nobody"}], extra=1)

        assert made.status_code == 400

    @pytest.mark.req("PRO-06")
    def test_knows_of_restricted_people_as_little_as_of_nobody(self, lotus, asha):
        hands(lotus, asha)
        subjects.set_standing(by=AUTHOR, subject=asha, state="restricted", reason="art_18")

        answers = [
            Client().get(self.URL, {"subject": str(one)}, headers=lotus.company.headers).json()
            for one in (asha.id, uuid4())
        ]

        assert {**answers[0], "request_id": ""} == {**answers[1], "request_id": ""}

    def test_says_nothing_in_the_log_of_what_was_described(self, lotus, asha):
        self.post(lotus, people=[{"subject": str(asha.id)}])

        assert "parcel" not in str(payload(events(lotus, "disclosure:recorded")[0].id))
