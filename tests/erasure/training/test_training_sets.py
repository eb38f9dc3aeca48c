"""Runs of models, who was in them, and that they are flagged when somebody is gone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from audit.models import EntryIndex, Payload
from erasure.models import TrainingMember, TrainingSet
from erasure.training import looking, selectors, services
from erasure.training.errors import TooManyMembersError
from tests.factories.company import AUTHOR, OFFERS, SURVEYS, company
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-14")]
URL = "/api/v1/training-sets"
RUN = {
    "model": "churn", "version": "1", "purpose": OFFERS, "reference": "run-1",
    "trained_at": "2026-01-02T03:04:05Z",
}  # fmt: skip


@pytest.fixture
def lotus(db):
    return company()


@pytest.fixture
def people(lotus):
    """Three people who said yes."""
    found = [lotus.person(f"p{number}@example.in") for number in range(3)]
    for one in found:
        lotus.yes(one)
    return found


def post(lotus, path="", key=None, **said):
    headers = {**lotus.headers, **({"Idempotency-Key": key} if key else {})}
    return Client().post(f"{URL}{path}", said, content_type="application/json", headers=headers)


def get(lotus, path=""):
    return Client().get(f"{URL}{path}", headers=lotus.headers)


def excluded(lotus, **query):
    return Client().get(
        "/api/v1/training-exclusions", {"model": "churn", **query}, headers=lotus.headers
    )


@pytest.fixture
def run(lotus, people):
    """A run with all three in it."""
    made = post(lotus, **RUN).json()["id"]
    post(lotus, f"/{made}/members", subjects=[str(one.id) for one in people])
    return TrainingSet.objects.get(pk=made)


def told(run):
    run.refresh_from_db()
    return run.members, run.gone, run.flagged_at is not None


class TestReporting:
    def test_counts_whom_it_knows_and_tells_whom_it_does_not(self, lotus, people):
        made = post(lotus, **RUN)
        stranger = "01978f7e-0000-7000-8000-00000000cafe"
        ids = [str(one.id) for one in people]

        first = post(lotus, f"/{made.json()['id']}/members", subjects=[*ids, stranger])
        again = post(lotus, f"/{made.json()['id']}/members", subjects=ids[:1])

        assert made.status_code == 201
        assert first.json() == {"added": 3, "repeated": 0, "unknown": [stranger]}
        assert again.json() == {"added": 0, "repeated": 1, "unknown": []}
        assert get(lotus, f"/{made.json()['id']}").json()["members"] == 3

    def test_twice_under_one_reference_is_one_run(self, lotus):
        first, again = post(lotus, **RUN), post(lotus, **RUN)
        other = post(lotus, **{**RUN, "version": "2"})

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]
        assert (other.status_code, other.json()["code"]) == (409, "training_set_conflict")

    def test_with_one_key_has_one_effect(self, lotus, people, run):
        more = lotus.person("more@example.in")

        first, again = (
            post(lotus, f"/{run.id}/members", key="k", subjects=[str(more.id)]) for _ in range(2)
        )

        assert first.json() == again.json() == {"added": 1, "repeated": 0, "unknown": []}

    def test_for_a_purpose_that_is_not_the_services_is_refused(self, lotus):
        assert post(lotus, **{**RUN, "purpose": "orders.other"}).status_code == 403

    def test_of_the_future_is_refused(self, lotus):
        later = (datetime.now(UTC) + timedelta(days=1)).isoformat()

        assert post(lotus, **{**RUN, "trained_at": later}).json()["code"] == "trained_in_future"
        assert not TrainingSet.objects.exists()

    def test_of_too_many_people_at_once_is_refused(self, lotus, run):
        with pytest.raises(TooManyMembersError):
            services.add_members(by=AUTHOR, training_set=run, subject_ids=[])

    @pytest.mark.req("P9")
    def test_knows_nothing_of_another_companys_runs_and_people(self, lotus, people, run):
        rose = company("rose")
        own = post(rose, **RUN).json()["id"]

        answer = post(rose, f"/{own}/members", subjects=[str(people[0].id)]).json()

        assert answer == {"added": 0, "repeated": 0, "unknown": [str(people[0].id)]}
        assert get(rose, f"/{run.id}").status_code == 404
        assert post(rose, f"/{run.id}/members", subjects=[str(people[0].id)]).status_code == 404

    @pytest.mark.req("P9")
    def test_the_database_refuses_a_person_of_another_company(self, lotus, run):
        foreign = company("rose").person("x@example.in")

        with pytest.raises(IntegrityError), transaction.atomic():
            TrainingMember.objects.create(
                controller_id=lotus.id, training_set=run, subject_id=foreign.id
            )


class TestFlagging:
    def test_a_run_nobody_left_is_not_flagged(self, run):
        assert looking.look(run.id) == looking.Found()
        assert told(run) == (3, 0, False)

    def test_a_withdrawal_flags_it(self, lotus, people, run):
        lotus.withdraws(people[0])

        assert looking.look(run.id) == looking.Found(withdrawn=1)
        assert told(run) == (3, 1, True)

    def test_a_withdrawal_from_another_purpose_does_not(self, lotus, people, run):
        lotus.asks_for(SURVEYS)
        lotus.yes(people[0], purpose=SURVEYS)
        lotus.withdraws(people[0], SURVEYS)

        assert looking.look(run.id) == looking.Found()

    def test_an_erasure_flags_it_from_its_beginning(self, lotus, people, run):
        lotus.stands(people[1], "erasing")

        assert looking.look(run.id) == looking.Found(erased=1)

    @pytest.mark.parametrize(("scope", "erased"), [(OFFERS, 1), (SURVEYS, 0)])
    def test_an_erasure_of_one_purpose_flags_runs_for_that(self, lotus, people, run, scope, erased):
        lotus.stands(people[1], "erasing", scope_type="purpose", scope=scope)

        assert looking.look(run.id) == looking.Found(erased=erased)

    def test_somebody_is_counted_once_however_often_it_looks(self, lotus, people, run):
        lotus.withdraws(people[0])
        looking.look(run.id)
        lotus.stands(people[0], "erasing")

        assert looking.look(run.id) == looking.Found()
        assert told(run) == (3, 1, True)
        assert TrainingMember.objects.get(subject_id=people[0].id).why == "erased"

    def test_who_says_yes_again_may_be_used_again(self, lotus, people, run):
        lotus.withdraws(people[0])
        looking.look(run.id)
        lotus.yes(people[0])

        assert looking.look(run.id) == looking.Found(back=1)
        assert told(run) == (3, 0, False)

    def test_who_is_gone_already_is_flagged_when_reported(self, lotus, people):
        lotus.withdraws(people[0])
        made = post(lotus, **RUN).json()["id"]

        post(lotus, f"/{made}/members", subjects=[str(one.id) for one in people])

        assert get(lotus, f"/{made}").json()["gone"] == 1

    def test_a_job_flags_every_run(self, lotus, people, run):
        other = post(lotus, **{**RUN, "reference": "run-2"}).json()["id"]
        post(lotus, f"/{other}/members", subjects=[str(people[0].id)])
        lotus.withdraws(people[0])

        work.enqueue(kind="erasure.training", controller_id=lotus.id)
        while work.run_available(worker="test"):
            pass

        assert get(lotus, f"/{other}").json()["gone"] == 1
        assert told(run) == (3, 1, True)

    def test_is_recorded_with_counts_and_names_nobody(self, lotus, people, run):
        lotus.withdraws(people[0])
        looking.look(run.id)

        entry = EntryIndex.objects.get(event="training:flagged")
        said = json.loads(bytes(Payload.objects.get(pk=entry.id).body))
        assert said["data"]["withdrawn"] == 1
        assert entry.subject_id is None
        assert str(people[0].id) not in str(said)

    def test_joined_records_count_by_the_one_that_is_used(self, lotus, people, run):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE subjects_subject SET merged_into = %s WHERE id = %s",
                [people[1].id, people[0].id],
            )
        lotus.withdraws(people[1])

        assert looking.look(run.id) == looking.Found(withdrawn=2)


class TestTheNextRun:
    def test_is_told_who_must_stay_out_as_of_this_moment(self, lotus, people, run):
        lotus.withdraws(people[0])
        lotus.stands(people[2], "erasing")

        items = excluded(lotus).json()["items"]

        found = {one["subject"]: one["why"] for one in items}
        assert found == {str(people[0].id): "withdrawn", str(people[2].id): "erased"}

    def test_is_told_page_by_page(self, lotus, people, run):
        for one in people:
            lotus.withdraws(one)

        first = excluded(lotus, limit=2).json()
        rest = excluded(lotus, limit=2, after=first["next_after"]).json()

        listed = [one["subject"] for page in (first, rest) for one in page["items"]]
        assert listed == sorted(str(one.id) for one in people)
        assert rest["next_after"] is None

    @pytest.mark.req("P11")
    def test_the_reading_is_recorded_about_each(self, lotus, people, run):
        lotus.withdraws(people[0])

        excluded(lotus)

        entry = EntryIndex.objects.get(event="record:read")
        assert (entry.subject_id, entry.actor_type) == (people[0].id, "service")

    @pytest.mark.req("P11")
    def test_and_that_nobody_was_told_of(self, lotus, run):
        assert excluded(lotus).json() == {"items": [], "next_after": None}
        assert EntryIndex.objects.get(event="record:read").subject_id is None

    @pytest.mark.req("P9")
    def test_of_another_company_nobody_is_told(self, lotus, people, run):
        lotus.withdraws(people[0])

        assert excluded(company("rose")).json()["items"] == []

    def test_purposes_that_are_not_the_services_are_left_out(self, lotus, people, run):
        lotus.withdraws(people[0])

        assert not selectors.of_model(lotus.id, "churn", {SURVEYS}).exists()
