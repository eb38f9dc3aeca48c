"""Whatever door data of an erased person come in by again: nothing is taken, and somebody looks."""

import json
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from accounts import services as accounts
from audit.actors import Actor
from consent.models import ConsentEvent
from profiles.models import ProfileRecord
from registry import services_systems as systems
from subjects import returning, selectors, tombstones
from subjects.models import Identifier, Quarantined, Subject
from tests.api.house import Api, problem
from tests.consent import importing as consents
from tests.erasure import own_world
from tests.erasure.own_world import EMAIL, NUMBER, case_about, own_step, planted, tell
from tests.factories.company import AUTHOR
from tests.profiles import files as profiles

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-16", "P8")]

RAVI = "ravi@example.in"


@pytest.fixture
def lotus(db):
    cache.clear()
    return own_world.make()


@pytest.fixture
def asha(lotus):
    return planted(lotus)


@pytest.fixture
def erasing(lotus, asha):
    """Her case is under way: she can still be found, and nothing more is taken in."""
    case = case_about(lotus, asha)
    lotus.company.stands(asha, "erasing")
    tombstones.set_many(by=AUTHOR, controller_id=lotus.id, cases={asha.id: case.id})
    return own_step(lotus, case)


@pytest.fixture
def erased(lotus, erasing):
    tell(lotus, erasing)


@pytest.fixture
def api(lotus):
    """Calls as the service that hands in for `crm`."""
    service = accounts.create_service(
        by=AUTHOR, controller_id=lotus.id, code="feed", name="Feed", purposes=[]
    )
    systems.change_system(by=AUTHOR, system=lotus.intake.source, service_id=service.id)
    made = Api(accounts.issue_key(by=AUTHOR, service=service)[1])
    made.service = service
    return made


def came():
    return set(Quarantined.objects.values_list("source", "kind", "times"))


def about_asha(**more):
    return {"email": EMAIL, "region": "Goa", **more}


class TestImportedConsents:
    @pytest.fixture(params=["erasing", "erased"])
    def gone(self, request):
        return request.getfixturevalue(request.param)

    def test_are_quarantined_and_others_come_in(self, lotus, gone, tmp_path):
        lines = ConsentEvent.objects.count()
        rows = (
            consents.row(email=EMAIL, event_at=consents.LATER),
            consents.row(email=RAVI),
            consents.row(email="new@example.in", crm=NUMBER),
        )

        result = consents.bring(consents.write_csv(tmp_path / "rows.csv", *rows))

        assert [one.split(",")[:2] for one in result.errors] == [
            ["2", "subject_erased"], ["4", "subject_erased"],
        ]  # fmt: skip
        assert came() == {("consent_import", "consent", 1)}
        assert Quarantined.objects.count() == 2  # one by each of her identifiers
        assert ConsentEvent.objects.count() == lines + 1
        assert not Identifier.objects.filter(scheme="email", subject__region="Goa").exists()

    def test_a_trial_counts_nothing(self, lotus, erased, tmp_path):
        path = consents.write_csv(tmp_path / "rows.csv", consents.row(email=EMAIL))

        consents.bring(path, dry_run=True)

        assert came() == set()


class TestImportedProfiles:
    ROW = {"id.email": EMAIL, "observed_at": "2026-03-01T10:00:00Z", "city": "Pune"}

    def test_of_an_erased_person_are_quarantined(self, lotus, erased, tmp_path):
        result = profiles.bring(profiles.ndjson(tmp_path, self.ROW, {**self.ROW, "id.email": RAVI}))

        assert [one.split(",")[:2] for one in result.errors] == [["1", "subject_erased"]]
        assert came() == {("crm", "record", 1)}
        assert ProfileRecord.objects.count() == 1

    def test_of_one_who_is_being_erased_too(self, lotus, asha, erasing, tmp_path):
        before = lotus.intake.known(asha)

        profiles.bring(profiles.ndjson(tmp_path, self.ROW))

        assert came() == {("crm", "record", 1)}
        assert lotus.intake.known(asha) == before


class TestTheApi:
    SAID = {"observed_at": "2026-03-01T10:00:00Z", "values": {"city": "Pune"}}

    def test_adds_no_erased_person_and_counts_it_though_refused(self, lotus, api, erased):
        body = {"identifiers": [{"scheme": "email", "value": EMAIL}]}
        people = Subject.objects.count()

        problem(api.post("/subjects", body, Idempotency_Key="k"), 409, "subject_erased")
        problem(api.post("/subjects", body), 409, "subject_erased")

        assert came() == {(f"service:{api.service.id}", "person", 2)}
        assert Subject.objects.count() == people

    def test_takes_in_nothing_of_one_who_is_being_erased(self, lotus, api, asha, erasing):
        path = f"/api/v1/profiles/{asha.id}/records/crm"
        response = api.client.put(
            path, json.dumps(self.SAID), "application/json",
            headers={"Authorization": f"Bearer {api.key}", "Idempotency-Key": "k"},
        )  # fmt: skip

        problem(response, 409, "subject_erased")
        assert came() == {("crm", "record", 1)}

    def test_nor_among_many(self, lotus, api, asha, erasing):
        ravi = lotus.company.person(RAVI)
        items = [{"subject": str(one.id), **self.SAID} for one in (asha, ravi)]

        found = api.post("/profiles/records", {"source": "crm", "items": items})

        assert found.status_code == 200, found.content
        assert came() == {("crm", "record", 1)}
        assert lotus.intake.known(ravi) == {"city": "Pune"}


def test_once_they_came_back_themselves_a_source_may_hand_them_in(lotus, asha, erased, tmp_path):
    known_by = [("email", EMAIL), ("crm", NUMBER)]
    tombstones.lift(
        by=Actor("subject", str(asha.id)), controller_id=lotus.id, pairs=known_by,
        how="link_followed", acted_at=datetime.now(UTC),
    )  # fmt: skip
    row = {"id.email": EMAIL, "observed_at": "2026-03-01T10:00:00Z", "city": "Pune"}

    result = profiles.bring(profiles.ndjson(tmp_path, row))

    assert result.code == 0, result.text
    assert came() == set()
    found = selectors.find(lotus.id, "email", EMAIL)
    assert found is not None
    assert found.id != asha.id


class TestConsentsFromBefore:
    """Who came back begins without any yes: what a source still has of the old ones counts not."""

    @pytest.fixture
    def back(self, lotus, asha, erased):
        request = returning.note(controller_id=lotus.id, address=EMAIL, language="en")
        _, token = returning.send(request_id=request)
        return returning.begin(token=token)

    def bring(self, tmp_path, **said):
        path = consents.write_csv(tmp_path / "rows.csv", consents.row(email=EMAIL, **said))
        return consents.bring(path)

    def test_are_turned_away(self, back, tmp_path):
        result = self.bring(tmp_path, event_at=consents.LATER)

        assert [one.split(",")[:2] for one in result.errors] == [["2", "subject_erased"]]
        assert not ConsentEvent.objects.filter(subject_id=back.id).exists()

    def test_but_not_what_they_say_since(self, back, tmp_path):
        result = self.bring(tmp_path, event_at=datetime.now(UTC).isoformat())

        assert result.errors == []
        assert ConsentEvent.objects.filter(subject_id=back.id).exists()

    def test_nor_that_they_said_no(self, back, tmp_path):
        result = self.bring(tmp_path, event_at=consents.LATER, state="refused")

        assert result.errors == []
