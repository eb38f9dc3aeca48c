"""A database that was put back serves nothing and does nothing before its erasures were replayed.

Attacked at every door: pages, the API, the log, the decision point, workers, keepers, duties.
"""

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from audit.actors import Actor
from config.run.provision import provision
from erasure.journal import noting, replaying
from erasure.services.opening import NewCase, open_case
from tests.database import APP, connected_as, copy, drop
from tests.erasure import own_world
from tests.erasure.own_world import EMAIL, planted
from tests.factories.company import EVALUATION
from tests.factories.server import serving as server
from tests.patience import wait_until
from work import duties, serving
from work import services as work
from work.keeper import Keeper
from work.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("ERA-11", "P8", "P4")]
BY = Actor.system("test")
PLACES = (
    "/privacy/", "/privacy/lotus/", "/privacy/lotus/sign-in/", "/privacy/choices/",
    "/privacy/followed/x/", "/collect/lotus/words", "/admin/", "/admin/audit/",
    "/api/v1/subjects/find", "/api/v1/schema", "/log/v1/system/checkpoint", "/no/such/place",
)  # fmt: skip


@pytest.fixture
def lotus(transactional_db, journal):
    return own_world.make()


@pytest.fixture
def restored(lotus, backup):
    """Asha, who was erased after the backup, as the restored database has her: not erased."""
    asha = planted(lotus)
    backup.take()
    erase(lotus, asha)
    with backup.restored():
        yield asha


def erase(lotus, person):
    new = NewCase(subject_id=person.id, trigger="request", trigger_ref="R-1")
    assert open_case(by=BY, controller_id=lotus.id, new=new).state == "running"
    noting.note()


def replay():
    replaying.replay(by=BY)
    serving.forget()


def signed_in(**more):
    officer = get_user_model().objects.create(username="olga", is_staff=True, **more)
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


class TestPages:
    def test_nothing_is_served(self, restored):
        answers = [Client().get(place) for place in PLACES]

        assert {one.status_code for one in answers} == {503}
        assert {one.headers["Retry-After"] for one in answers} == {"60"}
        assert {one.headers["Cache-Control"] for one in answers} == {"no-store"}

    def test_nor_taken_in(self, lotus, restored):
        answer = Client().post("/privacy/lotus/sign-in/", {"email": EMAIL})

        assert answer.status_code == 503
        assert Job.objects.filter(kind="portal.ask_link").count() == 0

    def test_programs_read_the_reason(self, lotus, restored):
        answer = Client().post("/api/v1/subjects", {}, headers=lotus.company.headers)

        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "erasures_not_replayed"

    def test_people_are_asked_to_come_back_and_told_no_more(self, restored):
        page = Client().get("/privacy/choices/").content.decode()

        assert "Please come back in a while." in page
        assert "replay_erasures" not in page

    def test_an_officer_signs_in_and_is_told_what_to_do(self, restored):
        assert Client().get("/admin/login/").status_code == 200

        page = signed_in(is_superuser=True).get("/admin/subjects/subject/").content.decode()

        assert "manage.py replay_erasures" in page
        assert EMAIL not in page

    def test_supervisors_are_told(self, restored):
        assert Client().get("/-/live").status_code == 200
        assert Client().get("/-/ready").json()["erasures"] is False

    def test_everything_opens_once_it_is_done(self, restored):
        assert Client().get("/privacy/").status_code == 503

        call_command("replay_erasures")
        serving.forget()

        assert Client().get("/privacy/").status_code == 200

    def test_a_journal_that_cannot_be_read_is_no(self, lotus, journal):
        assert Client().get("/privacy/").status_code == 200
        journal.chmod(0o755)
        serving.forget()

        assert Client().get("/privacy/").status_code == 503

    def test_a_database_that_does_not_answer_is_told_as_that(self, lotus, journal, monkeypatch):
        """Whoever reads of a backup would look at the wrong end."""

        def broken():
            raise OperationalError("no more connections")

        monkeypatch.setattr(replaying, "is_behind", broken)
        serving.forget()

        document, page = Client().get("/api/v1/schema"), signed_in().get("/admin/")

        assert (document.status_code, document.json()["code"]) == (503, "unavailable")
        assert page.status_code == 503
        assert "backup" not in document.content.decode() + page.content.decode()

    def test_an_answer_counts_for_seconds_and_for_one_connection(self, lotus, journal, monkeypatch):
        asked = []
        monkeypatch.setattr(replaying, "is_behind", lambda: bool(asked.append(1)))
        serving.forget()

        for _ in range(5):
            assert serving.is_allowed()
        assert len(asked) == 1
        connection.close()

        assert serving.is_allowed()
        assert len(asked) == 2


class TestWork:
    def test_no_job_runs_and_no_letter_goes_out(self, restored):
        """A sign-in link for her waits in the backup: she would get a letter after her erasure."""
        assert Job.objects.filter(kind="portal.send_link", state="ready").exists()

        assert work.run_available(worker="test") == 0
        assert mail.outbox == []

        replay()
        work.run_available(worker="test")

        assert not any(EMAIL in one.to for one in mail.outbox)
        assert not Job.objects.filter(kind="portal.send_link", state="ready").exists()

    def test_a_keeper_sweeps_schedules_and_does_nothing(self, restored):
        jobs = Job.objects.count()

        assert Keeper(patience_seconds=0).tick() == 0
        assert Job.objects.count() == jobs

    def test_duties_rest(self, restored, monkeypatch):
        steps = []
        thread = duties.DutyThread(duties.Duty("test", 0.01, lambda: bool(steps.append(1))))

        thread._pause_after_step()
        assert steps == []
        replay()
        thread._pause_after_step()
        assert steps == [1]

    def test_what_cannot_be_asked_is_not_done(self, lotus, journal, monkeypatch):
        def broken():
            raise DatabaseError

        monkeypatch.setattr(replaying, "is_behind", broken)
        serving.forget()

        with pytest.raises(DatabaseError):
            work.run_available(worker="test")
        assert not serving._Seen.is_allowed


def test_the_decision_point_denies_though_the_database_is_exchanged_under_it(
    lotus, journal, superuser, test_database, tmp_path
):
    """A server that runs meanwhile; in the backup she has said yes, and would be reached."""
    asha = planted(lotus)
    name, kept = f"{test_database.name}_exchanged", f"{test_database.name}_kept"
    servers = test_database.servers

    def exchange(source):
        connection.close()
        drop(superuser, name)
        copy(superuser, name, source)
        provision(servers.superuser_dsn, database=name)

    connection.close()
    copy(superuser, kept, test_database.name)
    erase(lotus, asha)
    exchange(test_database.name)
    environment = test_database.environment() | {
        "DATABASE_URL": test_database.url(APP).replace(test_database.name, name),
        "SAMMATI_ERASURE_JOURNAL": str(journal),
    }
    try:
        with server(environment, tmp_path / "log") as site, site.client() as http:

            def asked():
                return http.post(
                    EVALUATION, json=lotus.company.question(asha), headers=lotus.company.headers
                )

            assert asked().json()["context"]["reason_code"] == "ERASURE_PENDING"
            exchange(kept)

            found = [asked() for _ in range(40)]
            assert {one.status_code for one in found} == {503}
            wait_until(lambda: "erasures_not_replayed" in asked().text)
            assert http.get("/api/v1/schema").status_code == 503
            assert http.get("/privacy/lotus/").status_code == 503
            assert http.get("/-/ready").status_code == 503

            with connected_as(APP, name, servers):
                replaying.replay(by=BY)
            wait_until(lambda: asked().status_code == 200)
            assert asked().json()["context"]["reason_code"] == "ERASURE_PENDING"
            wait_until(lambda: http.get("/privacy/lotus/").status_code == 200)
    finally:
        connection.close()
        for one in (name, kept):
            drop(superuser, one)
