"""What a source says of a person: checked, merged by when it was observed, sealed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from audit.actors import Actor
from audit.models import EntryIndex, Payload
from keys.errors import UnsealError
from profiles import documents
from profiles.documents import Observed
from profiles.errors_intake import (
    AttributeUnknownError,
    SourceFrozenError,
    SourceNotPushedError,
    SourceNotYoursError,
    TooManyValuesError,
    ValueRefusedError,
)
from profiles.models import FormerRecord, ProfileRecord
from profiles.services import defining, ingesting
from registry import legal
from registry import services_systems as systems
from registry.errors_systems import SystemNotActiveError, SystemUnknownError
from subjects import sealing
from subjects import services as subjects
from subjects.errors import SubjectErasedError, SubjectUnknownError
from tests.profiles.intake_world import BY, EARLIER, LATER, days, make, source
from tests.subjects.people import at_once

pytestmark = pytest.mark.django_db

WHOLE = {
    "city": "Pune", "tier": "gold", "points": 1200, "spent": "99.50", "member": True,
    "email": "Asha.Rao@Example.in", "phone": "+91 98123 45678", "born_on": "1990-02-28",
    "address": {"lines": "12 MG Road\nFlat 4", "locality": "Pune", "region": "MH", "country": "IN"},
}  # fmt: skip


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return lotus.person()


class TestTakingIn:
    def test_every_kind_of_value_is_kept_as_it_is_read(self, lotus, asha):
        taken = lotus.take(asha, **WHOLE)

        assert (taken.recorded, taken.unchanged, taken.older) == (9, 0, 0)
        assert lotus.known(asha) == {
            **WHOLE, "email": "asha.rao@example.in", "phone": "+919812345678"
        }  # fmt: skip

    def test_nothing_of_a_value_is_readable_in_the_database(self, lotus, asha, superuser):
        lotus.take(asha, city="Jaisalmer-QZX", diet="lactose-QZX")

        rows = [str(row) for row in ProfileRecord.objects.values_list()]
        payloads = [bytes(body) for body in Payload.objects.values_list("body", flat=True)]
        sealed = [bytes(one) for one in ProfileRecord.objects.values_list("sealed", flat=True)]
        assert not any("QZX" in row for row in rows)
        assert not any(b"QZX" in body for body in (*payloads, *sealed))

    def test_each_sensitivity_is_sealed_apart(self, lotus, asha):
        lotus.take(asha, city="Pune", diet="vegan")

        assert set(ProfileRecord.objects.values_list("sensitivity", flat=True)) == {
            "ordinary", "special",
        }  # fmt: skip
        assert lotus.known(asha) == {"city": "Pune"}
        assert lotus.known(asha, "special") == {"diet": "vegan"}

    def test_a_document_opens_only_as_its_own_source_and_sensitivity(self, lotus, asha):
        lotus.take(asha, diet="vegan")
        row = ProfileRecord.objects.get()
        ring = sealing.keyring(lotus.id, [asha.id])

        for context in (
            documents.context(row.source_id, "ordinary"),
            documents.context(asha.id, "special"),
        ):
            with pytest.raises(UnsealError):
                ring.unseal(asha.id, bytes(row.sealed), context=context)

    def test_what_a_source_does_not_name_stays(self, lotus, asha):
        lotus.take(asha, city="Pune", tier="gold")

        lotus.take(asha, at=LATER, tier="silver")

        assert lotus.known(asha) == {"city": "Pune", "tier": "silver"}
        assert ProfileRecord.objects.get().sequence == 2

    def test_each_source_has_its_own_say(self, lotus, asha):
        shop = source(lotus.controller, "shop", unit="retail")

        lotus.take(asha, city="Pune")
        lotus.take(asha, city="Delhi", source="shop")

        assert lotus.known(asha) == {"city": "Pune"}
        assert lotus.known(asha, source=shop) == {"city": "Delhi"}

    def test_the_record_says_which_attributes_there_are_and_when_they_were_seen(self, lotus, asha):
        lotus.take(asha, city="Pune", at=LATER)
        lotus.take(asha, tier="gold", at=EARLIER)

        row = ProfileRecord.objects.get()
        assert (row.codes, row.observed_at, row.due_at) == (["city", "tier"], LATER, None)

    def test_it_is_on_record_by_codes_and_never_by_values(self, lotus, asha):
        lotus.take(asha, city="Pune", tier="gold")

        entry = EntryIndex.objects.get(event="profile:recorded")
        body = bytes(Payload.objects.get(id=entry.id).body).decode()
        assert entry.subject_id == asha.id
        assert str(asha.pseudonym) in body
        assert '"attributes":["city","tier"]' in body
        assert str(asha.id) not in body
        assert "Pune" not in body

    def test_a_log_that_cannot_be_written_takes_nothing_in(self, lotus, asha, broken_log):
        broken_log.breaks()

        with pytest.raises(ProgrammingError), transaction.atomic():
            lotus.take(asha, city="Pune")

        assert not ProfileRecord.objects.exists()


class TestOrder:
    """Whatever was observed last counts, however late the rest comes."""

    def test_the_same_again_changes_nothing_and_leaves_no_trace(self, lotus, asha):
        lotus.take(asha, **WHOLE)
        before = list(ProfileRecord.objects.values())

        taken = lotus.take(asha, **WHOLE)

        assert (taken.unchanged, taken.is_change) == (9, False)
        assert list(ProfileRecord.objects.values()) == before
        assert EntryIndex.objects.filter(event="profile:recorded").count() == 1

    def test_the_same_seen_later_is_fresher_and_no_former_value(self, lotus, asha):
        lotus.take(asha, email="asha@example.in")

        taken = lotus.take(asha, email="asha@example.in", at=LATER)

        assert (taken.refreshed, taken.recorded) == (1, 0)
        assert ProfileRecord.objects.get().observed_at == LATER
        assert not FormerRecord.objects.exists()

    def test_something_older_that_comes_late_changes_nothing(self, lotus, asha):
        lotus.take(asha, city="Pune", at=LATER)

        taken = lotus.take(asha, city="Delhi", at=EARLIER)

        assert (taken.older, taken.is_change) == (1, False)
        assert lotus.known(asha) == {"city": "Pune"}

    def test_a_value_that_was_removed_does_not_come_back_by_something_older(self, lotus, asha):
        lotus.take(asha, city="Pune", at=EARLIER)

        taken = lotus.take(asha, city=None, at=LATER)
        lotus.take(asha, city="Pune", at=EARLIER + days(1))

        assert taken.removed == 1
        assert lotus.known(asha) == {}
        assert lotus.known(asha, whole=True) == {"city": None}
        assert ProfileRecord.objects.get().codes == []

    def test_a_removed_value_can_be_said_again(self, lotus, asha):
        lotus.take(asha, city="Pune")
        lotus.take(asha, city=None, at=LATER)

        lotus.take(asha, city="Delhi", at=LATER + days(1))

        assert lotus.known(asha) == {"city": "Delhi"}

    def test_one_call_may_name_a_person_twice(self, lotus, asha):
        given = [
            ingesting.Given(asha.id, {"city": Observed(city, EARLIER + days(n))})
            for n, city in enumerate(["Pune", "Delhi", "Agra"])
        ]

        told = ingesting.record_many(by=BY, controller_id=lotus.id, source="crm", given=given)

        assert [one.recorded for one in told] == [1, 1, 1]
        assert lotus.known(asha) == {"city": "Agra"}
        assert ProfileRecord.objects.get().sequence == 1


class TestFormerValues:
    """A change keeps what the definition allows and no more."""

    def test_a_replaced_value_is_kept_as_long_as_its_definition_says(self, lotus, asha):
        lotus.take(asha, email="old@example.in", city="Pune")

        lotus.take(asha, email="new@example.in", city="Delhi", at=LATER)

        former = FormerRecord.objects.get()
        assert former.codes == ["email"]
        assert former.until_at - former.replaced_at == days(90)
        ring = sealing.keyring(lotus.id, [asha.id])
        sealed_as = documents.former_context(former.source_id, "ordinary")
        text = ring.unseal(asha.id, bytes(former.sealed), context=sealed_as)
        assert documents.decode(text)["email"].v == "old@example.in"

    def test_nor_longer_than_the_value_itself_might_have_stood(self, lotus, asha):
        lotus.define("visit", "text", retention_days=30, former_days=365)
        seen = datetime.now(UTC) - days(10)
        lotus.take(asha, visit="Agra", at=seen)

        lotus.take(asha, visit="Pune", at=seen + days(1))

        assert FormerRecord.objects.get().until_at == seen + days(30)


class TestRefusals:
    """Bad input is refused with its reason, and nothing of the person's is touched."""

    @pytest.mark.parametrize(
        ("values", "code", "field"),
        [
            ({"city": 7}, "value_mistyped", "city"),
            ({"city": "x" * 31}, "value_too_long", "city"),
            ({"city": "a\x00b"}, "value_malformed", "city"),
            ({"city": "   "}, "value_malformed", "city"),
            ({"tier": "platinum"}, "value_not_a_choice", "tier"),
            ({"tier": ["gold"]}, "value_mistyped", "tier"),
            ({"points": "12"}, "value_mistyped", "points"),
            ({"points": True}, "value_mistyped", "points"),
            ({"points": 2**53}, "value_too_long", "points"),
            ({"spent": "1e9"}, "value_malformed", "spent"),
            ({"spent": "9" * 40}, "value_too_long", "spent"),
            ({"spent": float("nan")}, "value_malformed", "spent"),
            ({"member": "yes"}, "value_mistyped", "member"),
            ({"member": 1}, "value_mistyped", "member"),
            ({"email": "nobody"}, "value_malformed", "email"),
            ({"phone": "12"}, "value_malformed", "phone"),
            ({"born_on": "1990-02-30"}, "value_malformed", "born_on"),
            ({"born_on": "28.02.1990"}, "value_malformed", "born_on"),
            ({"seen_at": "2026-03-01T10:00:00"}, "value_malformed", "seen_at"),
            ({"address": {"lines": "12 MG Road", "door": "red"}}, "value_malformed", "address"),
            ({"address": {"lines": 12}}, "value_mistyped", "address"),
            ({"address": {"lines": "x" * 201}}, "value_too_long", "address"),
            ({"address": []}, "value_mistyped", "address"),
        ],
    )
    def test_a_value_that_does_not_fit(self, lotus, asha, values, code, field):
        lotus.take(asha, city="Pune")

        with pytest.raises(ValueRefusedError) as refused:
            lotus.take(asha, at=LATER, **{"tier": "gold", **values})

        assert (refused.value.code, refused.value.field) == (code, f"values.{field}")
        assert lotus.known(asha) == {"city": "Pune"}

    def test_an_attribute_nobody_defined_is_not_repeated(self, lotus, asha):
        with pytest.raises(AttributeUnknownError) as refused:
            lotus.take(asha, city="Pune", **{"asha@example.in": "x"})

        assert "asha@" not in str(refused.value)
        assert refused.value.field == "values"
        assert not ProfileRecord.objects.exists()

    def test_a_retired_attribute(self, lotus, asha):
        definition = lotus.define("shoe", "text")
        defining.retire_attribute(by=BY, definition=definition)

        with pytest.raises(AttributeUnknownError):
            lotus.take(asha, shoe="42")

    def test_what_was_seen_in_the_future_or_nobody_knows_when(self, lotus, asha):
        tomorrow = datetime.now(UTC) + days(1)
        for at, code in (
            (tomorrow, "observed_in_future"),
            (tomorrow.replace(tzinfo=None), "observed_without_zone"),
        ):
            with pytest.raises(ValueRefusedError) as refused:
                lotus.take(asha, city="Pune", at=at)
            assert refused.value.code == code

    def test_a_verification_that_is_no_code(self, lotus, asha):
        with pytest.raises(ValueRefusedError) as refused:
            lotus.take(asha, city="Pune", by="checked by Meera Iyer")

        assert refused.value.code == "verification_malformed"

    def test_too_many_values_at_once(self, lotus, asha):
        values = {f"a{n}": Observed("x", EARLIER) for n in range(201)}

        with pytest.raises(TooManyValuesError):
            ingesting.record(
                by=BY, controller_id=lotus.id, subject_id=asha.id, source="crm", values=values
            )

    def test_more_than_a_record_may_hold(self, lotus, asha):
        for n in range(20):
            lotus.define(f"note{n}", "text", max_length=4000)

        with pytest.raises(TooManyValuesError):
            lotus.take(asha, **{f"note{n}": "x" * 4000 for n in range(20)})

        assert not ProfileRecord.objects.exists()

    def test_what_is_past_its_retention_is_not_taken_in(self, lotus, asha):
        taken = lotus.take(asha, seen_at="2020-01-01T00:00:00Z", city="Pune", at=EARLIER)

        assert taken.older == 1
        assert lotus.known(asha) == {"city": "Pune"}

    def test_the_others_of_a_call_stand(self, lotus, asha):
        ravi = lotus.person("CRM-2")
        given = [
            ingesting.Given(
                asha.id, {"city": Observed(7, EARLIER), "tier": Observed("gold", EARLIER)}
            ),
            ingesting.Given(ravi.id, {"city": Observed("Pune", EARLIER)}),
            ingesting.Given(lotus.id, {"city": Observed("Pune", EARLIER)}),
        ]

        told = ingesting.record_many(by=BY, controller_id=lotus.id, source="crm", given=given)

        assert isinstance(told[0], ValueRefusedError)
        assert told[1].recorded == 1
        assert isinstance(told[2], SubjectUnknownError)
        assert lotus.known(asha) == {}
        assert lotus.known(ravi) == {"city": "Pune"}


class TestSources:
    def test_one_that_does_not_exist_or_is_another_companys(self, lotus, asha):
        tulip = make("tulip", "NL")
        source(tulip.controller, "web")

        for code in ("nowhere", "web"):
            with pytest.raises(SystemUnknownError):
                lotus.take(asha, city="Pune", source=code)

    @pytest.mark.parametrize("state", ["paused", "retired"])
    def test_one_that_is_not_in_use(self, lotus, asha, state):
        systems.set_state(by=BY, system=lotus.source, state=state)

        with pytest.raises(SystemNotActiveError):
            lotus.take(asha, city="Pune")

    def test_one_that_an_incident_stopped(self, lotus, asha):
        frozen = legal.freeze(
            by=BY, controller_id=lotus.id, kind="system", code="crm", incident="INC-7"
        )
        with pytest.raises(SourceFrozenError):
            lotus.take(asha, city="Pune")

        legal.release(by=BY, frozen=frozen, reason="over")
        assert lotus.take(asha, city="Pune").recorded == 1

    def test_one_that_is_asked_hands_nothing_in(self, lotus, asha):
        new = systems.NewSystem(
            code="live", name="Live", kind="http",
            settings={
                "url": "https://crm.example/people", "identify_by": ["crm"],
                "fields": {"city": "/city"},
            },
        )  # fmt: skip
        systems.record_system(by=BY, controller_id=lotus.id, new=new)

        with pytest.raises(SourceNotPushedError):
            lotus.take(asha, city="Pune", source="live")

    def test_a_service_hands_in_for_its_own_source_only(self, lotus, asha):
        from accounts import services as accounts

        feed = accounts.create_service(
            by=BY, controller_id=lotus.id, code="feed", name="Feed", purposes=[]
        )
        mine = source(lotus.controller, "shop", service_id=feed.id)
        actor = Actor("service", str(feed.id))

        with pytest.raises(SourceNotYoursError):
            lotus.take(asha, city="Pune", actor=actor)
        assert lotus.take(asha, city="Pune", actor=actor, source=mine.code).recorded == 1


@pytest.mark.req("P8")
class TestErasedPeople:
    @pytest.mark.parametrize("state", ["erasing", "erased", "vault"])
    def test_nothing_is_taken_in_about_them(self, lotus, asha, state):
        subjects.set_standing(by=BY, subject=asha, state=state)

        with pytest.raises(SubjectErasedError):
            lotus.take(asha, city="Pune")

        assert not ProfileRecord.objects.exists()

    def test_nor_once_their_key_is_gone(self, lotus, asha):
        lotus.take(asha, city="Pune")
        subjects.destroy_key(by=BY, subject=asha)

        with pytest.raises(SubjectErasedError):
            lotus.take(asha, city="Delhi", at=LATER)

    def test_of_an_erased_category_nothing_and_the_rest_stands(self, lotus, asha):
        subjects.set_standing(
            by=BY, subject=asha, state="erased", scope_type="category", scope="pd:City"
        )

        taken = lotus.take(asha, city="Pune", tier="gold")

        assert taken.left_out == ("city",)
        assert lotus.known(asha) == {"tier": "gold"}

    def test_a_restriction_lets_data_be_stored(self, lotus, asha):
        """GDPR 18(2): storage is what a restriction leaves."""
        subjects.set_standing(by=BY, subject=asha, state="restricted")

        assert lotus.take(asha, city="Pune").recorded == 1


@pytest.mark.req("P9")
class TestOtherCompanies:
    def test_anothers_person_does_not_exist(self, lotus):
        stranger = make("tulip", "NL").person()

        with pytest.raises(SubjectUnknownError):
            lotus.take(stranger, city="Pune")

    def test_the_database_refuses_their_person_and_their_source(self, lotus, asha, superuser):
        tulip = make("tulip", "NL")
        lotus.take(asha, city="Pune")
        row = ProfileRecord.objects.get()
        stranger = tulip.person()

        for change in (
            {"subject_id": stranger.id}, {"source_id": tulip.source.id},
            {"controller_id": tulip.id},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                ProfileRecord.objects.filter(pk=row.pk).update(**change)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_who_say_different_things_of_one_person_both_count(self):
        lotus = make()
        asha = lotus.person()

        told = at_once(lambda: lotus.take(asha, city="Pune"), lambda: lotus.take(asha, tier="gold"))

        assert [one.recorded for one in told] == [1, 1]
        assert lotus.known(asha) == {"city": "Pune", "tier": "gold"}

    def test_an_erasure_acknowledged_meanwhile_is_never_overtaken(self):
        lotus = make()
        asha = lotus.person()

        told = at_once(
            lambda: subjects.set_standing(by=BY, subject=asha, state="erasing"),
            lambda: lotus.take(asha, city="Pune", at=EARLIER + timedelta(hours=1)),
        )

        assert not isinstance(told[0], Exception)
        assert isinstance(told[1], SubjectErasedError) or told[1].recorded == 1
        with pytest.raises(SubjectErasedError):
            lotus.take(asha, city="Delhi", at=LATER)
