"""The sectors' examples: each can be entered, and shows what its matrix says."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts import services as accounts
from audit.actors import Actor
from config.places import BASE_DIR
from profiles import selectors_views as views
from profiles import services as profiles
from profiles.examples import sector as sectors
from profiles.examples.entering import enter
from profiles.fields import Why
from profiles.models import AttributeDefinition, ProfileRecord, ViewVersion
from subjects import selectors as subjects
from subjects.models import Relationship, Subject
from tests.factories.company import APPROVER, AUTHOR, company

SHIPPED = BASE_DIR / "examples" / "profiles"
READER = "profile_reader"
SECTORS = sorted(path.name for path in SHIPPED.iterdir())


@pytest.fixture
def lotus(transactional_db):
    return company()


def load(named, **options):
    out = StringIO()
    call_command("load_profile_example", str(named), controller="lotus", stdout=out, **options)
    return out.getvalue()


def reads(lotus, crm, role, purpose, unit="", relation="self"):
    """What a member of staff in that seat reads."""
    person = accounts.create_officer(
        by=AUTHOR, username="mira", email="mira@lotus.example", password="long enough to be one"
    )
    accounts.assign_role(by=AUTHOR, officer=person, controller=lotus.controller, role=READER)
    reader = Actor("officer", str(person.pk))
    profiles.grant_seat(
        by=APPROVER, controller_id=lotus.id, role=role, holder_type=reader.type,
        holder_id=reader.id, unit=unit,
    )  # fmt: skip
    shown = profiles.read(
        by=reader, controller_id=lotus.id, purpose=purpose, relation=relation,
        subject_id=subjects.find(lotus.id, "crm", crm).id,
    )  # fmt: skip
    return {one.code: one for one in shown.fields}


def test_there_is_one_of_every_sector():
    assert SECTORS == ["banking", "health", "retail", "travel"]


@pytest.mark.parametrize("named", SECTORS)
class TestEverySector:
    def test_comes_in_whole_and_a_second_time_changes_nothing(self, lotus, named):
        sector = sectors.read(SHIPPED / named)

        first = load(named)
        counts = Subject.objects.count(), ProfileRecord.objects.count(), (
            Relationship.objects.count(), ViewVersion.objects.count()
        )  # fmt: skip
        load(named)

        told = (
            f"{len(sector.people)} people, {len(sector.records)} records, {len(sector.ties)} "
            f"relationships.\n{sector.definitions.name}: the matrix is in force.\n"
        )
        assert first == told
        assert counts == (Subject.objects.count(), ProfileRecord.objects.count(), (
            Relationship.objects.count(), ViewVersion.objects.count()
        ))  # fmt: skip
        assert views.rules_of(views.in_force(lotus.id))

    def test_names_only_what_it_defines(self, named):
        sector = sectors.read(SHIPPED / named)
        codes = {one.code: one for one in sector.definitions.attributes}
        categories = {one.code for one in sector.definitions.categories}

        assert {one.category for one in codes.values()} <= categories
        assert {
            code for one in sector.definitions.purposes for code in one.categories
        } <= categories
        assert {code for one in sector.records for code in one.values} <= codes.keys()
        assert {one.source for one in sector.records} <= {
            one.code for one in sector.definitions.sources
        }
        assert len({one.unit for one in sector.definitions.sources}) >= 3

    def test_every_role_and_relation_of_the_matrix_can_be_read(self, lotus, named):
        load(named)
        sector = sectors.read(SHIPPED / named)

        assert {code for code, _ in sector.definitions.roles} == {
            rule.role for rule in sector.matrix.rules
        }

    def test_in_drafts_nobody_sees_anything_and_nobody_comes(self, lotus, named):
        told = load(named, drafts=True)

        assert "is drafted" in told
        assert views.in_force(lotus.id) is None
        assert views.draft(lotus.id) is not None
        assert not ProfileRecord.objects.exists()


class TestBanking:
    def test_the_branch_sees_accounts_and_not_the_loan(self, lotus):
        load("banking")

        shown = reads(lotus, "BK-1001", "branch-officer", "accounts.servicing", unit="retail-bank")

        assert shown["savings_balance"].value == "184250.75"
        assert shown["support_need"].why is Why.ROLE
        assert shown["loan_outstanding"].why is Why.ROLE

    def test_the_joint_holder_is_seen_as_that(self, lotus):
        load("banking")

        shown = reads(
            lotus, "BK-1002", "branch-officer", "accounts.servicing", unit="retail-bank",
            relation="joint",
        )  # fmt: skip

        assert shown["full_name"].value == "Ravi Mogra"
        assert shown["savings_balance"].why is Why.ROLE

    def test_what_support_somebody_needs_is_shown_for_that_alone(self, lotus):
        load("banking")

        shown = reads(lotus, "BK-1001", "branch-officer", "support.needs", unit="retail-bank")

        assert shown["support_need"].value == "hearing"
        assert shown["savings_balance"].why is Why.ROLE

    def test_whoever_withdrew_is_not_collected_from(self, lotus):
        load("banking")

        shown = reads(lotus, "BK-1005", "loan-officer", "loans.servicing", unit="lending")

        assert shown["loan_outstanding"].reason_code == "CONSENT_WITHDRAWN"


def test_the_clinic_shows_diagnoses_to_physicians_alone(lotus):
    load("health")

    shown = reads(lotus, "HC-4001", "physician", "care.treatment", unit="clinic")

    assert shown["diagnosis"].value == "Type 2 diabetes"
    assert shown["bill_open"].why is Why.ROLE


class TestBadInput:
    def broken(self, tmp_path, name, text):
        for path in sorted((SHIPPED / "retail").rglob("*.*json")):
            there = tmp_path / "mine" / path.relative_to(SHIPPED / "retail")
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(path.read_bytes())
        if text is not None:
            (tmp_path / "mine" / name).write_text(text)
        return tmp_path / "mine"

    @pytest.mark.parametrize(("name", "text"), [
        ("definitions.json", "{"),
        ("definitions.json", '{"name": "x"}'),
        ("matrix.json", '{"note": "x", "rules": [{"role": "a", "surprise": 1}]}'),
        ("people.ndjson", '{"crm": "RT-1", "email": 7}\n'),
        ("records/web-shop.ndjson", '{"orders_year": 1}\n'),
        ("records/web-shop.ndjson",
         '{"id.crm": "NOBODY", "observed_at": "2026-01-01T00:00:00Z", "orders_year": 1}\n'),
        ("records/web-shop.ndjson",
         '{"id.crm": "RT-2001", "observed_at": "2026-01-01T00:00:00Z", "orders_year": "many"}\n'),
        ("records/unheard-of.ndjson",
         '{"id.crm": "RT-2001", "observed_at": "2026-01-01T00:00:00Z", "orders_year": 1}\n'),
        ("relationships.ndjson",
         '{"crm": "RT-2001", "kind": "household", "of": "RT-2001", "unit": "", '
         '"verified_by": "x"}\n'),
    ])  # fmt: skip
    def test_is_refused_and_repeats_no_value(self, lotus, tmp_path, name, text):
        folder = self.broken(tmp_path, name, text)

        with pytest.raises(CommandError) as refused:
            load(folder)

        assert not ProfileRecord.objects.exists()
        assert "RT-2001" not in str(refused.value)
        assert "many" not in str(refused.value)

    def test_a_folder_that_is_none_is_refused(self, lotus, tmp_path):
        with pytest.raises(CommandError, match=r"definitions\.json"):
            load(tmp_path)

    def test_an_unknown_controller_is_refused(self, lotus):
        with pytest.raises(CommandError, match="no such controller"):
            call_command("load_profile_example", "retail", controller="nobody")

    def test_a_rule_that_cannot_stand_leaves_nothing(self, lotus, tmp_path):
        matrix = json.loads((SHIPPED / "retail" / "matrix.json").read_text())
        matrix["rules"][0]["attributes"]["loyalty_tier"] = "year"
        folder = self.broken(tmp_path, "matrix.json", json.dumps(matrix))

        with pytest.raises(CommandError):
            load(folder)

        assert not AttributeDefinition.objects.exists()


def test_somebody_elses_draft_is_not_overwritten(lotus):
    profiles.draft_view(by=AUTHOR, controller_id=lotus.id, note="Mine")

    with pytest.raises(CommandError):
        load("retail")

    assert views.draft(lotus.id).note == "Mine"


def test_the_same_actor_cannot_draft_and_approve(lotus):
    with pytest.raises(Exception, match=r".+"):
        enter(
            author=AUTHOR, approver=AUTHOR, controller_id=lotus.id,
            sector=sectors.read(Path(SHIPPED / "retail")),
        )  # fmt: skip

    assert not ViewVersion.objects.exists()


def test_what_sources_say_can_be_imported_as_files_too(lotus):
    load("banking")
    before = ProfileRecord.objects.count()
    file = SHIPPED / "banking" / "records" / "loan-book.ndjson"

    call_command(
        "import_profiles", str(file), controller="lotus", source="loan-book", stdout=StringIO()
    )

    assert ProfileRecord.objects.count() == before
