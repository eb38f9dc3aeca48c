"""Who may read which log, and that nobody may do anything else."""

import pytest

from accounts import services as accounts
from audit import sealing
from audit.models import EntryIndex
from audit.tiles import LogReader
from keys.ids import SYSTEM_ID
from tests.api import house
from tests.audit.log import write
from tests.audit.log_api.kit import FOREVER, PATHS, UNKNOWN, Reader, signed
from tests.desk import house as desk
from tests.portal import world

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-03")]


NOTHINGS = ("nothing", "", "tile", "tile/", "proof/entry/x", "checkpoint/")


@pytest.mark.req("P9")
class TestAccess:
    def test_a_stranger_is_asked_who_is_there(self, stranger, tulip):
        for log in (stranger.log, tulip.id, UNKNOWN, "system", "x", "%00"):
            for path in PATHS + NOTHINGS:
                response = stranger.get(path, log=log)
                house.problem(response, 401, "not_authenticated")
                assert response.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_wrong_key_opens_nothing(self, stranger):
        for path in PATHS + NOTHINGS:
            response = Reader(stranger.log, "smt_wrong").get(path)
            house.problem(response, 401, "authentication_failed")

    def test_another_controllers_log_answers_as_one_that_does_not_exist(self, reader, tulip):
        write(controller_id=tulip.id)
        write(controller_id=SYSTEM_ID)
        sealing.seal_all()
        others = [tulip.id, UNKNOWN, "system", SYSTEM_ID, "x", f"{reader.log}".upper()]

        answers = [house.problem(reader.get(path, log=log), 404, "not_found")
                   for log in others for path in PATHS]  # fmt: skip

        assert len({str({**one, "request_id": ""}) for one in answers}) == 1

    def test_what_is_no_address_is_not_there(self, reader):
        for path in NOTHINGS:
            house.problem(reader.get(path), 404, "not_found")

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_nothing_but_reading_is_possible(self, reader, method):
        ask = getattr(reader.client, method)

        for path in PATHS:
            response = ask(f"/log/v1/{reader.log}/{path}", headers=reader.headers)
            house.problem(response, 405, "method_not_allowed")
            assert response.headers["Allow"] == "GET, HEAD"


class TestOfficers:
    @pytest.fixture
    def signed_in(self, lotus, ids):
        def enter(*roles, **facts):
            officer = accounts.create_officer(
                by=world.AUTHOR, username="ada", email="ada@staff.example", password=desk.PASSWORD
            )
            for role in roles:
                accounts.assign_role(
                    by=world.AUTHOR, officer=officer, controller=lotus.controller, role=role
                )
            for name, value in facts.items():
                setattr(officer, name, value)
            officer.save()
            return Reader(lotus.id, client=desk.signed_in(officer))

        return enter

    def test_who_may_view_the_audit_read_the_log(self, signed_in, ids):
        auditor = signed_in("auditor")

        answers = [auditor.get(path) for path in ("checkpoint", "key", f"proof/entry/{ids[0]}")]

        assert [answer.status_code for answer in answers] == [200] * 3
        seen = EntryIndex.objects.filter(event="record:viewed").get()
        assert (seen.actor_type, seen.target_id) == ("officer", str(ids[0]))

    def test_who_may_not_do_not(self, signed_in):
        house.problem(signed_in("operator").get("checkpoint"), 404, "not_found")

    def test_of_another_company_do_not(self, signed_in, tulip):
        write(controller_id=tulip.id)
        sealing.seal_all()

        response = signed_in("privacy_officer").get("checkpoint", log=tulip.id)

        house.problem(response, 404, "not_found")

    def test_only_superusers_read_the_systems_log(self, signed_in):
        write(controller_id=SYSTEM_ID)
        sealing.seal_all()
        reader = signed_in("auditor")

        before = reader.get("checkpoint", log="system")
        reader.client.force_login(make_superuser("ada"))
        after = reader.get("checkpoint", log="system")

        house.problem(before, 404, "not_found")
        assert signed(after, LogReader.of(SYSTEM_ID)).origin.endswith("/log/v1/system")

    def test_superusers_without_a_role_read_no_companys_log(self, signed_in):
        reader = signed_in(is_superuser=True)

        house.problem(reader.get("checkpoint"), 404, "not_found")


def make_superuser(username):
    user = desk.User.objects.get(username=username)
    user.is_superuser = True
    user.save()
    user.backend = "django.contrib.auth.backends.ModelBackend"
    return user


class TestPublicLogs:
    @pytest.mark.parametrize("path", ["checkpoint", "key", "tile/0/000", "tile/entries/000"])
    def test_are_open_to_everybody(self, stranger, lotus, settings, path):
        settings.PUBLIC_LOGS = [str(lotus.id)]

        assert stranger.get(path).status_code == 200

    def test_may_be_kept_by_shared_caches(self, stranger, settings):
        settings.PUBLIC_LOGS = ["*"]

        assert stranger.get("tile/0/000").headers["Cache-Control"] == f"public, {FOREVER}"

    def test_open_no_other_log(self, stranger, lotus, tulip, settings):
        write(controller_id=tulip.id)
        sealing.seal_all()
        settings.PUBLIC_LOGS = [str(lotus.id)]

        for log in (tulip.id, "system", UNKNOWN):
            house.problem(stranger.get("checkpoint", log=log), 401, "not_authenticated")

    def test_may_be_all_and_then_the_systems_too(self, stranger, settings):
        write(controller_id=SYSTEM_ID)
        sealing.seal_all()
        settings.PUBLIC_LOGS = ["*"]

        assert stranger.get("checkpoint", log="system").status_code == 200
        house.problem(stranger.get("checkpoint", log=UNKNOWN), 404, "not_found")

    @pytest.mark.req("P10")
    def test_still_prove_no_record_to_strangers(self, stranger, settings, ids):
        settings.PUBLIC_LOGS = ["*"]

        house.problem(stranger.get(f"proof/entry/{ids[0]}"), 401, "not_authenticated")


def test_a_log_without_an_entry_does_not_exist_yet(tulip):
    reader = Reader(tulip.id, house.caller(tulip).key)

    for path in PATHS[:6]:
        house.problem(reader.get(path), 404, "not_found")


def test_a_service_gone_wild_is_slowed_down(reader, monkeypatch):
    monkeypatch.setattr("accounts.pace.READS_PER_SECOND", 0)

    house.problem(reader.get("checkpoint"), 429, "throttled")
