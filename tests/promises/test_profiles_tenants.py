"""P9 at profiles: nobody of another company sees, finds, changes or learns of our people."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from keys.problems import DomainError
from profiles import services as profiles
from profiles.documents import Observed
from profiles.errors import NoSeatError, SubjectNotFoundError
from profiles.models import (
    BreakGlass,
    Disclosure,
    FormerRecord,
    ProfileExport,
    ProfileRecord,
    Reveal,
    Seat,
)
from profiles.services import ingesting, tracing
from registry import services as registry
from registry.models import System
from tests.factories.company import AUTHOR, OFFERS
from tests.profiles.guarded_world import CASE, REASON
from tests.promises.profiled import PLANTED, SECRETS, Api, company, desk, finds, planted, told
from work import services as work

pytestmark = [pytest.mark.req("P9"), pytest.mark.django_db(transaction=True)]

KEPT = (ProfileRecord, FormerRecord, Reveal, BreakGlass, Disclosure, ProfileExport, Seat)


@pytest.fixture
def lotus(transactional_db, settings, tmp_path):
    place = tmp_path / "exports"
    place.mkdir(mode=0o700)
    settings.PROFILE_EXPORT_FOLDER = str(place)
    return company()


@pytest.fixture
def rival(lotus):
    """Another company with the same codes, roles, purposes and readers of its own."""
    found = company("rival")
    System.objects.filter(controller_id=found.id).update(service_id=found.company.service.id)
    registry.record_party(
        by=AUTHOR, controller_id=found.id, code="letters", name="Letters", kind="processor",
        country="IN", contract_reference="C-1",
    )  # fmt: skip
    return found


@pytest.fixture
def asha(lotus):
    return planted(lotus)


def state(lotus):
    return [list(model.objects.filter(controller_id=lotus.id).values()) for model in KEPT]


def requests_of(lotus, asha, export):
    """Every operation of the API on profiles, about our person."""
    one = str(asha.id)
    moment = "2026-01-01T00:00:00Z"
    disclosure = {
        "key": "k-1", "people": [{"subject": one}], "recipient": "letters", "purpose": OFFERS,
        "categories": ["pd:EmailAddress"], "described": "Offers", "ground": "consent",
        "disclosed_at": moment,
    }  # fmt: skip
    record = {"values": {"income": 1}, "observed_at": moment}
    return [
        ("get", f"profiles/{one}?purpose={OFFERS}", None),
        ("get", f"profiles/{one}?purpose={OFFERS}&relation=joint", None),
        ("post", "profiles/list", {"subjects": [one], "purpose": OFFERS}),
        ("put", f"profiles/{one}/records/crm", record),
        ("post", "profiles/records", {"source": "crm", "items": [{"subject": one, **record}]}),
        ("post", "disclosures", disclosure),
        ("get", f"disclosures?subject={one}", None),
        ("post", "profiles/exports", {"subjects": [one], "purpose": OFFERS, "reason": REASON}),
        ("get", f"profiles/exports/{export.id}", None),
        ("get", f"profiles/exports/{export.id}/file", None),
    ]  # fmt: skip


def called(found, method, path, body):
    cache.clear()
    client = Client(raise_request_exception=False)
    headers = {**found.company.headers, "Idempotency-Key": uuid.uuid4().hex}
    data = json.dumps(body) if body is not None else ""
    return client.generic(
        method.upper(), f"/api/v1/{path}", data, "application/json", headers=headers
    )


def exported(lotus, *people):
    return profiles.request_export(
        by=lotus.service, controller_id=lotus.id, subject_ids=[one.id for one in people],
        purpose=OFFERS, reason=REASON,
    )  # fmt: skip


class TestTheApi:
    def test_with_another_companys_key_nothing_is_told_or_touched(self, lotus, rival, asha):
        export = exported(lotus, asha)
        before = state(lotus)
        nobody = type(asha)(id=uuid.uuid4())
        nothing = type(export)(id=uuid.uuid4())
        theirs = requests_of(rival, nobody, nothing)

        for ours, same in zip(requests_of(lotus, asha, export), theirs, strict=True):
            answer, plain = called(rival, *ours), called(rival, *same)
            assert answer.status_code == plain.status_code, ours
            text = told(answer)[1].replace(str(asha.id), "X").replace(str(export.id), "X")
            bare = told(plain)[1].replace(str(nobody.id), "X").replace(str(nothing.id), "X")
            assert shape(text) == shape(bare), ours
            assert not [one for one in (*SECRETS, str(lotus.id)) if one in text], ours
        assert state(lotus) == before

    def test_the_same_address_is_another_person_there(self, lotus, rival, asha):
        other = planted(rival)
        assert other.id != asha.id

        assert finds(lotus, lotus.ravi, PLANTED["email"]) == asha.id
        assert finds(rival, rival.ravi, PLANTED["email"]) == other.id
        assert Api(lotus).read(other.id).status_code == 404
        assert Api(rival).read(asha.id).status_code == 404

    def test_a_list_of_both_companies_people_holds_ours_alone(self, lotus, rival, asha):
        other = planted(rival)

        items = Api(lotus).list(other.id, asha.id).json()["items"]

        assert [one["subject_id"] for one in items] == [str(asha.id)]


def works_also_at(found, reader):
    accounts.assign_role(
        by=AUTHOR, officer=User.objects.get(pk=reader.id), controller=found.company.controller,
        role="profile_reader",
    )  # fmt: skip
    found.seat(reader)


def shape(text):
    """An answer without what is new in each: ids and moments that were made for it."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return bare(found)


def bare(found):
    if isinstance(found, dict):
        moving = {"id", "ids", "requested_at", "as_of", "request_id"}
        return {k: bare(v) for k, v in found.items() if k not in moving}
    return [bare(one) for one in found] if isinstance(found, list) else found


class TestTheServices:
    def calls(self, found, by, asha):
        given = {"by": by, "controller_id": found.id, "purpose": OFFERS}
        one = {**given, "subject_id": asha.id}
        return {
            "read": lambda: profiles.read(**one),
            "read_many": lambda: profiles.read_many(**given, subject_ids=[asha.id]),
            "reveal": lambda: profiles.reveal(**one, attribute="email", reason=REASON),
            "glass": lambda: profiles.break_glass(**one, case=CASE, reason=REASON),
            "find": lambda: finds(found, by, PLANTED["email"]),
            "export": lambda: profiles.request_export(
                **given, subject_ids=[asha.id], reason=REASON
            ),
        }  # fmt: skip

    @pytest.mark.parametrize("reader", ["service", "ravi", "meera"])
    def test_give_no_seat_at_ours_to_another_companys_readers(self, lotus, rival, asha, reader):
        by = getattr(rival, reader)
        for name, call in self.calls(lotus, by, asha).items():
            with pytest.raises(DomainError) as refused:
                call()
            assert refused.value.code in {"no_seat", "staff_only"}, name

    @pytest.mark.parametrize("reader", ["service", "ravi", "meera"])
    def test_show_them_nobody_of_ours_at_theirs(self, lotus, rival, asha, reader):
        before = state(lotus)
        calls = self.calls(rival, getattr(rival, reader), asha)

        for name in ("read", "reveal", "glass"):
            with pytest.raises(DomainError) as refused:
                calls[name]()
            assert refused.value.code in {"profile_not_found", "staff_only"}, name
        assert calls["read_many"]() == []
        assert calls["find"]() is None
        assert state(lotus) == before

    def test_somebody_who_works_for_both_reads_each_at_its_own(self, lotus, rival, asha):
        """A consultant with a seat at either: ours are there at ours alone."""
        works_also_at(rival, lotus.ravi)

        assert lotus.reads(asha, by=lotus.ravi).subject_id == asha.id
        with pytest.raises(SubjectNotFoundError):
            rival.reads(asha, by=lotus.ravi)

    def test_what_was_opened_at_one_opens_nothing_at_the_other(self, lotus, rival, asha):
        works_also_at(rival, lotus.ravi)
        other = planted(rival)
        profiles.break_glass(
            by=lotus.ravi, controller_id=lotus.id, subject_id=asha.id, purpose=OFFERS, case=CASE,
            reason=REASON,
        )  # fmt: skip

        assert any(one.is_beyond_view for one in lotus.reads(asha, by=lotus.ravi).fields)
        assert not any(one.is_beyond_view for one in rival.reads(other, by=lotus.ravi).fields)

    def test_an_ended_seat_reads_no_more_and_a_seat_is_of_one_company(self, lotus, rival, asha):
        seat = Seat.objects.get(controller_id=lotus.id, holder_id=lotus.ravi.id)
        profiles.end_seat(by=AUTHOR, seat=seat)

        with pytest.raises(NoSeatError):
            lotus.reads(asha, by=lotus.ravi)

    def test_nothing_of_ours_comes_in_through_another_companys_source(self, lotus, rival, asha):
        values = {"income": Observed(1, datetime(2026, 1, 1, tzinfo=UTC))}
        given = {"controller_id": rival.id, "subject_id": asha.id, "source": "crm"}

        with pytest.raises(DomainError) as refused:
            ingesting.record(by=AUTHOR, values=values, **given)

        assert refused.value.code == "subject_unknown"

    def test_an_export_of_both_companies_people_holds_its_own_alone(self, lotus, rival, asha):
        other = planted(rival)
        export = exported(rival, asha, other)
        profiles.approve_export(by=rival.meera, export=export)
        while work.run_available(worker="w"):
            pass

        export.refresh_from_db()
        assert (export.state, export.shown, export.selection) == ("ready", 1, [other.id])
        path = profiles.take_export(by=rival.service, export=export)
        assert str(asha.id) not in path.read_text()
        assert tracing.traced(lotus.id, export.watermark) == []
        assert len(tracing.traced(rival.id, export.watermark)) == 1


class TestThePages:
    def test_are_not_found_or_not_allowed(self, lotus, rival, asha):
        client = desk(rival.ravi)
        client.raise_request_exception = False
        seat = str(Seat.objects.get(controller_id=lotus.id, holder_id=lotus.ravi.id).id)
        own = str(Seat.objects.get(controller_id=rival.id, holder_id=rival.ravi.id).id)
        ours = {"purpose": OFFERS, "controller": str(lotus.id)}

        for one in (seat, own):
            for query in ({"purpose": OFFERS, "seat": one}, {**ours, "seat": one}):
                answer = client.get(reverse("admin:profile", args=[asha.id]), query)
                assert_bare(answer)
                for name in ("admin:reveal_field", "admin:break_glass"):
                    given = {**query, "reason": REASON, "case": CASE, "attribute": "email"}
                    assert_bare(client.post(reverse(name, args=[asha.id]), given))
                    assert_bare(client.get(reverse(name, args=[asha.id]), query))
        assert not Reveal.objects.exists()
        assert not BreakGlass.objects.exists()

    def test_of_the_matrix_are_the_companys_own(self, lotus, rival):
        answer = desk(rival.meera).get(reverse("admin:views"), {"controller": str(lotus.id)})

        assert str(lotus.id) not in answer.content.decode()


def assert_bare(answer):
    assert answer.status_code in {302, 303, 400, 403, 404, 405, 422, 200}, answer.status_code
    text = answer.content.decode()
    assert not [one for one in SECRETS if one in text]
    assert answer.status_code != 200 or "asha" not in text.lower()


class TestTheDatabase:
    @pytest.mark.parametrize("model", [ProfileRecord, FormerRecord], ids=lambda one: one.__name__)
    def test_refuses_a_row_of_two_companies(self, lotus, rival, asha, model):
        """Whatever a bug may write: the person, the source and the row are one company's."""
        theirs = planted(rival)
        rows = {"controller_id": lotus.id, "subject_id": asha.id, "source": lotus.sources["crm"],
                "sensitivity": "ordinary", "sealed": b"x", "codes": []}  # fmt: skip
        moment = datetime(2030, 1, 1, tzinfo=UTC)
        times = {"observed_at": moment} if model is ProfileRecord else {"until_at": moment}
        for wrong in (
            {"controller_id": rival.id}, {"subject_id": theirs.id},
            {"source": rival.sources["crm"]},
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.create(**{**rows, **times, **wrong})

    def test_a_sealed_record_put_under_somebody_else_does_not_open(self, lotus, rival, asha):
        """Somebody inside copies our person's sealed values to a person they may read."""
        theirs = planted(rival, "carrier@example.in")
        stolen = ProfileRecord.objects.get(subject=asha, sensitivity="ordinary")
        ProfileRecord.objects.filter(subject=theirs, sensitivity="ordinary").update(
            sealed=bytes(stolen.sealed)
        )
        ours = planted(lotus, "second@example.in")
        ProfileRecord.objects.filter(subject=ours, sensitivity="special").update(
            sealed=bytes(stolen.sealed)
        )

        for found, person in ((rival, theirs), (lotus, ours)):
            shown = found.reads(person)
            assert not [one for one in SECRETS[:2] if one in str(shown)]
            closed = {one.why for one in shown.fields if one.value is None}
            assert closed == {"unavailable"}

    def test_the_suites_login_reads_no_key(self, lotus):
        """Values need the key file, which is not in the database."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM keys_keyversion WHERE fingerprint <> ''")
            assert cursor.fetchone()[0] >= 3
