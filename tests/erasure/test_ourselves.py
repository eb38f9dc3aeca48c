"""What this suite holds of a person goes by the same steps as anybody's, and its evidence stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from audit.models import EntryIndex
from consent.models import ConsentEvent, ConsentState
from erasure.models import VaultItem
from erasure.ourselves import rows
from policies.audiences.models import IdPart
from profiles.models import FormerRecord, ProfileRecord
from registry.connectors import factory
from registry.connectors.contract import Act, Finding, Verb
from subjects import services as subjects
from subjects import tombstones
from subjects.models import (
    DataKey,
    Identifier,
    Provenance,
    Relationship,
    SignInLink,
    Subject,
    Trigger,
)
from tests.erasure.own_world import (
    EMAIL,
    NUMBER,
    PHONE,
    case_about,
    connector,
    make,
    own_step,
    people,
    planted,
    probe,
    tell,
)
from tests.factories.company import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("P6", "P8")]


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return planted(lotus)


@pytest.fixture
def step(lotus, asha):
    return own_step(lotus, case_about(lotus, asha))


class TestTheClassification:
    def test_every_model_that_goes_is_reached_by_a_column_or_somebody_sees_to_it(self):
        """A new table that names people must be erased: by a column here, or by name there."""
        reached = {found.model._meta.label for found in rows.deleted_models()}
        own = [one for one in apps.get_models() if one._meta.app_config.name in OURS]
        going = {
            one._meta.label
            for one in own
            if vars(one).get("Privacy")
            and one.Privacy.on_erasure in {"delete_row", "null", "destroy_key"}
        }

        assert going - reached - rows.ELSEWHERE.keys() == set()
        assert rows.ELSEWHERE.keys() - {one._meta.label for one in own} == set()

    def test_every_such_table_says_whose_it_is(self):
        for found in rows.deleted_models():
            columns = {field.column for field in found.model._meta.concrete_fields}
            assert "controller_id" in columns, found.table

    def test_what_is_emptied_is_a_column_of_its_model(self):
        for found, columns in rows.emptied_models():
            assert set(columns) <= {field.name for field in found.model._meta.concrete_fields}
        assert "subjects.Subject" in {one.model._meta.label for one, _ in rows.emptied_models()}


OURS = {
    "accounts", "audit", "consent", "erasure", "keys", "policies", "profiles", "registry",
    "rights", "subjects", "work",
}  # fmt: skip


class TestEverything:
    def test_the_step_is_done_and_looking_finds_nothing(self, lotus, asha, step):
        assert probe(lotus, step) == [Finding.PRESENT]

        (said,) = tell(lotus, step)

        assert (said.act, said.evidence) == (Act.DONE, {"effect": "key_destroyed"})
        assert probe(lotus, step) == [Finding.ABSENT]

    @pytest.mark.req("PRO-09")
    def test_flags_of_provenance_are_gone(self, lotus, asha, step):
        assert Provenance.objects.filter(subject_id=asha.id).exists()

        tell(lotus, step)

        assert not Provenance.objects.filter(subject_id=asha.id).exists()
        assert Subject.objects.get(pk=asha.pk).provenance == ""

    def test_whatever_names_the_person_is_gone(self, lotus, asha, step):
        tell(lotus, step)

        for model in (ProfileRecord, FormerRecord, Identifier, SignInLink, Trigger, DataKey):
            assert not model.objects.filter(subject_id=asha.id).exists(), model
        assert not Relationship.objects.filter(subject_id=asha.id).exists()
        assert not EntryIndex.objects.filter(subject_id=asha.id).exists()
        assert not any(asha.id.bytes in bytes(one.ids) for one in IdPart.objects.all())

    def test_the_other_side_of_a_relationship_is_gone_as_well(self, lotus, asha):
        child = Relationship.objects.get(subject_id=asha.id).related_id
        of_child = own_step(lotus, case_about(lotus, Subject.objects.get(pk=child)))

        tell(lotus, of_child)

        assert not Relationship.objects.exists()
        assert probe(lotus, of_child) == [Finding.ABSENT]

    def test_the_record_that_stays_says_nothing(self, lotus, asha, step):
        tell(lotus, step)

        asha.refresh_from_db()
        assert (asha.pseudonym, asha.region, asha.time_zone, asha.language) == (None, "", "", "")
        assert (asha.suppressed, asha.age_state, asha.age_assurance) == ("", "unknown", "unknown")
        assert asha.residence == "IN"  # which law their evidence is under

    @pytest.mark.req("ERA-16")
    def test_tombstones_stand_for_all_they_were_known_by(self, lotus, asha, step):
        tell(lotus, step)

        pairs = [("email", EMAIL), ("phone", PHONE), ("crm", NUMBER)]
        assert set(tombstones.known(lotus.id, pairs)) == set(pairs)

    @pytest.mark.req("ERA-18")
    def test_the_evidence_of_consent_stays_and_names_nobody(self, lotus, asha, step):
        before = list(ConsentEvent.objects.values_list("id", "purpose_id", "state", "event_at"))

        tell(lotus, step)

        assert (
            list(ConsentEvent.objects.values_list("id", "purpose_id", "state", "event_at"))
            == before
        )
        assert ConsentState.objects.filter(subject_id=asha.id).exists()

    def test_others_keep_theirs(self, lotus, asha, step):
        ravi = planted(lotus, "ravi@example.in", "+919812345679", "CRM-2")

        tell(lotus, step)

        assert Identifier.objects.filter(subject_id=ravi.id).count() == 3
        assert lotus.intake.known(ravi)["city"] == "Delhi"
        assert any(ravi.id.bytes in bytes(one.ids) for one in IdPart.objects.all())

    def test_told_again_it_does_nothing_more(self, lotus, asha, step):
        tell(lotus, step)
        entries = EntryIndex.objects.filter(event="subject:key_destroyed").count()

        (said,) = tell(lotus, step)

        assert said.act is Act.DONE
        assert EntryIndex.objects.filter(event="subject:key_destroyed").count() == entries

    def test_records_that_were_joined_to_theirs_go_along(self, lotus, asha, step):
        other = lotus.company.person("asha.second@example.in")
        Subject.objects.filter(pk=other.id).update(merged_into=asha.id)

        tell(lotus, step)

        assert not Identifier.objects.filter(subject_id=other.id).exists()
        assert tombstones.known(lotus.id, [("email", EMAIL)])

    @pytest.mark.req("ERA-14")
    def test_a_legal_hold_keeps_all_of_it_and_is_looked_at_again(self, lotus, asha, step):
        lotus.company.stands(asha, "hold")

        (said,) = tell(lotus, step)

        assert (said.act, said.code) == (Act.RETRY, "legal_hold")
        assert said.wait_seconds > 0
        assert Identifier.objects.filter(subject_id=asha.id).count() == 3
        assert lotus.intake.known(asha)["city"] == "Delhi"

    def test_many_people_at_once(self, lotus, asha, step):
        others = [lotus.company.person(f"p{n}@example.in") for n in range(20)]
        steps = [own_step(lotus, case_about(lotus, one)) for one in others]

        said = tell(lotus, step, *steps)

        assert {one.act for one in said} == {Act.DONE}
        assert [one.step for one in said] == [step.id, *(one.id for one in steps)]
        assert probe(lotus, step, *steps) == [Finding.ABSENT] * 21

    def test_another_companys_connector_knows_nothing_of_it(self, lotus, asha, step):
        tulip = make("tulip", "NL")

        (said,) = connector(tulip).tell(Verb.ERASE, people(step))

        assert (said.act, said.code) == (Act.REFUSED, "step_unknown")
        assert Identifier.objects.filter(subject_id=asha.id).count() == 3


class TestAPart:
    @pytest.fixture
    def part(self, lotus, asha):
        case = case_about(lotus, asha, scope_type="category", scope="pd:City")
        return own_step(lotus, case, categories=["pd:City"])

    def test_the_category_goes_and_the_rest_stays(self, lotus, asha, part):
        assert probe(lotus, part) == [Finding.PRESENT]

        (said,) = tell(lotus, part)

        assert (said.act, said.evidence) == (Act.DONE, {"effect": "values_removed"})
        assert lotus.intake.known(asha) == {"tier": "gold", "email": EMAIL}
        assert lotus.intake.known(asha, "special") == {"diet": "vegan"}
        assert Identifier.objects.filter(subject_id=asha.id).count() == 3
        assert probe(lotus, part) == [Finding.ABSENT]

    def test_former_values_go_too(self, lotus, asha):
        case = case_about(lotus, asha, scope_type="category", scope="pd:EmailAddress")
        assert FormerRecord.objects.filter(subject=asha).exists()

        tell(lotus, own_step(lotus, case, categories=["pd:EmailAddress"]))

        assert not FormerRecord.objects.filter(subject=asha).exists()

    @pytest.mark.req("ERA-02", "ERA-16")
    def test_identifiers_of_the_category_go_too_and_do_not_come_back(self, lotus, asha):
        case = case_about(lotus, asha, scope_type="category", scope="pd:EmailAddress")
        step = own_step(lotus, case, categories=["pd:EmailAddress"])
        assert probe(lotus, step) == [Finding.PRESENT]

        tell(lotus, step)

        schemes = set(
            Identifier.objects.filter(subject_id=asha.id).values_list("scheme", flat=True)
        )
        assert schemes
        assert "email" not in schemes
        assert ("email", EMAIL) in tombstones.known(lotus.id, [("email", EMAIL)])
        assert probe(lotus, step) == [Finding.ABSENT]

    @pytest.mark.req("ERA-02")
    def test_they_stay_where_a_purpose_has_ended(self, lotus, asha):
        """Whoever withdrew one consent is still known, and can sign in and use their rights."""
        case = case_about(lotus, asha, scope_type="purpose", scope=OFFERS)
        step = own_step(lotus, case, categories=["pd:EmailAddress"])

        tell(lotus, step)

        assert Identifier.objects.filter(subject_id=asha.id, scheme="email").exists()
        assert probe(lotus, step) == [Finding.ABSENT]

    def test_nobody_gets_a_tombstone(self, lotus, asha, part):
        tell(lotus, part)

        assert tombstones.known(lotus.id, [("email", EMAIL)]) == {}

    def test_a_scope_that_names_no_category_erases_nothing(self, lotus, asha):
        """It would be everything; a plan that says so by mistake must not be carried out."""
        step = own_step(lotus, case_about(lotus, asha, scope_type="purpose", scope=OFFERS))

        (said,) = tell(lotus, step)

        assert (said.act, said.code) == (Act.REFUSED, "categories_missing")
        assert probe(lotus, step) == [Finding.PRESENT]
        assert lotus.intake.known(asha)["city"] == "Delhi"

    def test_a_legal_hold_keeps_it(self, lotus, asha, part):
        lotus.company.stands(asha, "hold")

        assert tell(lotus, part)[0].code == "legal_hold"
        assert lotus.intake.known(asha)["city"] == "Delhi"

    @pytest.mark.req("ERA-02", "P8")
    def test_of_everything_but_what_must_stay_the_rest_goes(self, lotus, asha):
        step = own_step(lotus, case_about(lotus, asha), categories=["pd:City", "pd:Health"])

        tell(lotus, step)

        assert lotus.intake.known(asha) == {"tier": "gold", "email": EMAIL}
        assert lotus.intake.known(asha, "special") == {}
        assert DataKey.objects.filter(subject=asha).exists()


@pytest.mark.req("ERA-17")
class TestRestricting:
    def test_is_true_while_the_standing_is(self, lotus, asha):
        step = own_step(lotus, case_about(lotus, asha, verb="restrict"))
        assert probe(lotus, step, verb=Verb.RESTRICT) == [Finding.PRESENT]

        lotus.company.stands(asha, "restricted")

        assert tell(lotus, step, verb=Verb.RESTRICT)[0].act is Act.DONE
        assert probe(lotus, step, verb=Verb.RESTRICT) == [Finding.ABSENT]

    def test_lifting_is_once_it_has_ended(self, lotus, asha):
        standing = lotus.company.stands(asha, "restricted")
        step = own_step(lotus, case_about(lotus, asha, verb="lift"))
        assert probe(lotus, step, verb=Verb.LIFT) == [Finding.PRESENT]

        subjects.end_standing(by=AUTHOR, standing=standing)

        assert probe(lotus, step, verb=Verb.LIFT) == [Finding.ABSENT]


@pytest.mark.req("ERA-17")
class TestCorrecting:
    @pytest.fixture
    def step(self, lotus, asha):
        return own_step(lotus, case_about(lotus, asha, verb="correct"))

    def told(self, lotus, step, **values):
        said = connector(lotus).tell(Verb.CORRECT, people(step, values=values))[0]
        found = connector(lotus).probe(Verb.CORRECT, people(step, values=values))[0]
        return said, found.finding

    def test_puts_the_value_right_and_the_rest_stays(self, lotus, asha, step):
        said, finding = self.told(lotus, step, city="Kochi", points=7)

        assert (said.act, said.evidence, finding) == (Act.DONE, {"corrected": 1}, Finding.ABSENT)
        assert lotus.intake.known(asha) == {"city": "Kochi", "tier": "gold", "email": EMAIL}

    def test_the_wrong_value_is_not_kept_as_a_former_one(self, lotus, asha, step):
        assert FormerRecord.objects.filter(subject=asha).exists()

        self.told(lotus, step, email="right@example.in")

        assert not FormerRecord.objects.filter(subject=asha).exists()

    def test_what_a_source_saw_before_does_not_undo_it(self, lotus, asha, step):
        self.told(lotus, step, city="Kochi")

        lotus.intake.take(asha, at=datetime.now(UTC) - timedelta(minutes=1), city="Delhi")

        assert lotus.intake.known(asha)["city"] == "Kochi"

    def test_what_a_source_says_wrongly_again_is_found(self, lotus, asha, step):
        self.told(lotus, step, city="Kochi")

        lotus.intake.take(asha, at=datetime.now(UTC) + timedelta(minutes=1), city="Delhi")

        looked = connector(lotus).probe(Verb.CORRECT, people(step, values={"city": "Kochi"}))
        assert looked[0].finding is Finding.PRESENT

    def test_a_value_that_cannot_be_is_refused_and_nothing_changes(self, lotus, asha, step):
        said, finding = self.told(lotus, step, city="Kochi", tier="platinum")

        assert (said.act, finding) == (Act.REFUSED, Finding.PRESENT)
        assert lotus.intake.known(asha)["city"] == "Delhi"


def test_the_suite_is_a_kind_of_system():
    assert factory("own") is not None


@pytest.mark.req("ERA-04")
def test_what_the_plan_puts_out_of_reach_is_sealed_before_the_rest_goes(lotus, asha):
    until = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
    plan = {
        "elements": [
            {
                "system_id": str(connector(lotus).system_id), "category": "pd:City",
                "fate": "vault", "citation": "DPDP Rules 2025, r.8(3)", "until": until,
            },
        ],
    }  # fmt: skip

    tell(lotus, own_step(lotus, case_about(lotus, asha, plan=plan)))

    found = {(one.category, one.element): one for one in VaultItem.objects.all()}
    assert set(found) == {("pd:City", "profile"), ("identifiers", "identifiers")}
    assert {one.destroy_on.isoformat() for one in found.values()} == {until}
    assert not DataKey.objects.filter(subject=asha).exists()
