"""Bad input is refused with its reason, and nothing of the person's is touched."""

from datetime import UTC, datetime

import pytest

from profiles.documents import Observed
from profiles.errors_intake import (
    AttributeUnknownError,
    TooManyValuesError,
    ValueRefusedError,
)
from profiles.models import ProfileRecord
from profiles.services import defining, ingesting
from subjects.errors import SubjectUnknownError
from tests.profiles.intake_world import BY, EARLIER, LATER, days, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return lotus.person()


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
