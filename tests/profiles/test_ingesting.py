"""What a source says of a person: checked, merged by when it was observed, sealed."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, transaction

from audit.models import EntryIndex, Payload
from keys.errors import UnsealError
from profiles import documents
from profiles.documents import Observed
from profiles.models import FormerRecord, ProfileRecord
from profiles.services import ingesting
from subjects import sealing
from tests.profiles.intake_world import BY, EARLIER, LATER, days, make, source

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
