import base64
import json
import stat
from collections import Counter
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Controller, ServiceKey, User
from accounts.services import create_controller
from audit.actors import Actor
from consent.feed import starting
from consent.models import (
    CollectionSite,
    ConsentEvent,
    ConsentManager,
    ConsentState,
    ContactPlan,
    Delivery,
    ManagerKey,
    NoticeTranslation,
    NoticeVersion,
    PurposeVersion,
    Subscriber,
)
from consent.transitions import State
from consent.versions import completeness
from desk.demo import afterwards, seeding
from desk.demo.cases import CASES, EACH
from desk.demo.people import write
from desk.demo.profiles.readers import DESK
from subjects.models import Subject
from tests.factories.server import serving
from tests.worlds import kept
from work.models import Job

SUBJECTS = 300


@pytest.fixture
def demo(tmp_path):
    """Seeds, and gives what the demo's file says."""

    def run(**options):
        path = tmp_path / "demo.json"
        call_command(
            "seed_demo", subjects=SUBJECTS, demo_file=path, stdout=StringIO(), **options
        )  # fmt: skip
        return json.loads(path.read_text()) if path.exists() else None

    run.path = tmp_path / "demo.json"
    return run


@kept
def seeded_once():
    """The demo's file, of a seed whose rows later tests are given."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demo.json"
        call_command("seed_demo", subjects=SUBJECTS, demo_file=path, stdout=StringIO())
        return path.read_text()


@pytest.fixture
def seeded(db, demo):
    """What the file of a demo says that was seeded already."""
    demo.path.touch(mode=0o600)
    demo.path.write_text(seeded_once())
    return json.loads(demo.path.read_text())


def everybody():
    return Subscriber.objects.all()


@pytest.fixture
def ask(test_database, tmp_path):
    """Asks the real decision point everything at once."""
    with serving(test_database.environment(), tmp_path / "log") as site, site.client() as client:

        def questions(service, people):
            body = {
                "subject": {"type": "service", "id": service["id"]},
                "evaluations": [
                    {
                        "action": {"name": "activate", "properties": {"purpose": one["purpose"]}},
                        "resource": {"type": "customer", "id": one["id"]},
                    }
                    for one in people
                ],
            }
            headers = {"Authorization": f"Bearer {service['key']}"}
            answer = client.post("/access/v1/evaluations", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            return [
                {"decision": one["decision"], "reason_code": one["context"]["reason_code"]}
                for one in answer.json()["evaluations"]
            ]

        yield questions


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_state_is_there_and_answered_as_the_file_says(demo, ask):
    told = demo()

    counts = Counter((one["state"], one["controller"]) for one in told["subjects"])
    assert {state for state, _ in counts} == {case.state for case in CASES}
    assert set(counts.values()) == {EACH}
    assert told["subjects"][0]["state"] == "given"
    for controller in told["controllers"]:
        services = [one for one in told["services"] if one["controller"] == controller["id"]]
        people = [one for one in told["subjects"] if one["controller"] == controller["id"]]
        assert services[0]["id"] == "email-activator"
        assert {one["purpose"] for one in people} <= set(services[0]["purposes"])
        answers = ask(services[0], people)
        for person, answer in zip(people, answers, strict=True):
            assert answer == person["expect"], person["state"]
    ended = next(one for one in told["services"] if one["id"] == "partner-exchange")
    assert ask(ended, [{**told["subjects"][0], "purpose": "sharing.partners"}]) == [
        {"decision": False, "reason_code": "CALLER_NOT_AUTHORISED"}
    ]


@pytest.mark.django_db
class TestSeeding:
    def test_the_world_is_whole(self, demo):
        told = demo()

        assert Subject.objects.count() == SUBJECTS
        assert set(ConsentEvent.objects.values_list("state", flat=True)) == {
            state.value for state in State if state is not State.UNKNOWN
        }
        assert ConsentState.objects.filter(is_provable=False, state="given").exists()
        words = NoticeTranslation.objects.filter(state="approved")
        spoken = words.values_list("notice_version__notice__pack", "language").distinct()
        assert set(spoken) == {
            ("IN", "en"), ("IN", "hi"), ("IN", "ur"), ("EU", "en"), ("EU", "hi"),
        }  # fmt: skip
        waiting = NoticeTranslation.objects.filter(state="draft")
        assert [(one.language, one.origin) for one in waiting] == [
            ("mr", "machine"), ("ta", "machine"), ("te", "machine"),
        ]  # fmt: skip
        assert not any(completeness.uncovered(one, completeness.today())
                       for one in NoticeVersion.objects.begun())  # fmt: skip
        assert PurposeVersion.objects.filter(approved_at=None).count() == 2
        assert not PurposeVersion.objects.filter(approved_by="").exclude(approved_at=None).exists()
        assert stat.S_IMODE(demo.path.stat().st_mode) == 0o600
        for name in ("officer", "auditor"):
            assert Client().login(**told[name])
        assert User.objects.get(username="officer").groups.count() == 2

    @pytest.mark.req("CON-16", "CON-18", "CON-27", "INT-05")
    def test_choices_come_in_and_go_out_by_every_door(self, seeded):
        told = seeded

        doors = Counter((one.url != "", one.greeted_at is not None) for one in everybody())
        assert doors == {(True, True): 2, (True, False): 2, (False, False): 2}
        assert {urlsplit(one.url).hostname for one in everybody() if one.url} == {"127.0.0.1"}
        assert Counter(ConsentManager.objects.values_list("state", flat=True)) == {
            "active": 1, "registered": 1,
        }  # fmt: skip
        assert ConsentEvent.objects.filter(given_by="consent_manager", state="withdrawn").exists()
        assert CollectionSite.objects.filter(origin=told["shop"]).count() == 2
        assert ContactPlan.objects.count() == 2
        assert not {one["secret"][:5] for one in told["subscribers"]} - {"whsec", "whpk_"}

    def test_what_happened_after_the_import_waits_to_be_told(self, seeded):
        starting.step()

        heard_of = Counter(Delivery.objects.values_list("change__kind", flat=True))
        assert heard_of["objection.registered"] >= EACH
        assert heard_of["consent.withdrawn"] == 1

    def test_a_key_of_a_consent_manager_is_told_and_can_sign(self, demo, seeded):
        (told,) = seeded["consent_managers"]
        (again,) = demo()["consent_managers"]

        assert told["key_id"] != again["key_id"]
        key = ManagerKey.objects.get(pk=again["key_id"])
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(again["private_key"]))
        assert bytes(key.public) == private.public_key().public_bytes_raw()
        assert ManagerKey.objects.filter(revoked_at=None).get() == key

    def test_if_empty_leaves_what_is_there_alone(self, demo, seeded):
        events = ConsentEvent.objects.count()

        assert demo(if_empty=True) == seeded
        assert ConsentEvent.objects.count() == events

    def test_a_later_start_says_where_the_suite_is_now(self, demo, seeded, settings):
        settings.BASE_URL = "http://127.0.0.1:8123"

        again = demo(if_empty=True)

        moved = {"base_url": settings.BASE_URL, "portal_url": "http://127.0.0.1:8123/privacy/"}
        assert again == {**seeded, **moved}
        assert stat.S_IMODE(demo.path.stat().st_mode) == 0o600

    @pytest.mark.parametrize("left", [None, "{", "[]"])
    def test_a_file_that_is_gone_or_broken_locks_nobody_out(self, demo, seeded, left):
        demo.path.unlink()
        if left:
            demo.path.write_text(left)

        again = demo(if_empty=True)

        assert again["subjects"] == seeded["subjects"]
        assert Client().login(**again["officer"])

    def test_again_it_gives_new_keys_and_passwords_and_adds_nobody(self, demo, seeded):
        events = ConsentEvent.objects.count()

        second = demo()
        third = demo()

        assert ConsentEvent.objects.count() == events
        assert second["subjects"] == third["subjects"] == seeded["subjects"]
        assert third["officer"]["password"] != seeded["officer"]["password"]
        assert Client().login(**third["officer"])
        live = ServiceKey.objects.filter(revoked_at=None)
        assert set(Counter(live.values_list("service", flat=True)).values()) == {2}

    def test_an_interrupted_seed_goes_on(self, demo, monkeypatch):
        class PowerCutError(Exception):
            pass

        def cut(**parts):
            raise PowerCutError

        with monkeypatch.context() as patch:
            patch.setattr(afterwards, "go_on", cut)
            with pytest.raises(PowerCutError):
                demo()
        events = ConsentEvent.objects.count()
        assert seeding.state() == "unfinished"

        told = demo(if_empty=True)

        assert len(told["subjects"]) > 0
        assert seeding.state() == "done"
        assert Subject.objects.count() == SUBJECTS
        again = EACH  # who agreed after an objection has one more event
        at_desks = ConsentEvent.objects.filter(purpose__code=DESK).count()
        assert ConsentEvent.objects.count() == events + again + at_desks
        assert Job.objects.filter(kind="consent.import", state="done").count() == 2

    def test_it_does_not_mix_with_a_company_of_somebodys_own(self, demo):
        create_controller(
            by=Actor.system("test"), slug="lotus", name="Lotus", country="IN",
            contact_name="Meera", contact_email="meera@lotus.example",
        )  # fmt: skip

        assert demo(if_empty=True) is None
        with pytest.raises(CommandError, match="an empty suite"):
            demo()
        assert Controller.objects.count() == 1

    def test_production_is_refused(self, demo, settings):
        settings.PRODUCTION = True

        with pytest.raises(CommandError, match="production"):
            demo()
        assert not Controller.objects.exists()


def test_the_same_people_are_written_each_time(tmp_path):
    company, today = seeding.COMPANIES[0], seeding.date(2026, 3, 1)

    write(company, 200, today, tmp_path / "one.csv")
    write(company, 200, today, tmp_path / "two.csv")

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_nobody_has_an_address_or_number_that_could_be_somebodys(tmp_path):
    for company in seeding.COMPANIES:
        write(company, 3000, seeding.date(2026, 3, 1), tmp_path / "people.csv")
        rows = (tmp_path / "people.csv").read_text().splitlines()[1:]
        domains = {row.split(",")[1].split("@")[1] for row in rows}
        numbers = {row.split(",")[2] for row in rows} - {""}
        assert domains == {"example.org", "example.com", "example.net", "mail.example"}
        assert all(n.startswith(("+447700900", "+4670174")) for n in numbers)
