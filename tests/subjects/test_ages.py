"""Ages: what protects is believed, and a childhood on record ends by the clock or by proof."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.models import EntryIndex
from subjects import age, ages, family, services
from subjects.ages import Age, adult_on, is_adult, is_child, may_follow
from subjects.errors import AgeStepError, SubjectUnknownError
from tests.subjects.people import BY, add
from work.models import Job

TODAY = date(2026, 11, 22)
UNKNOWN = Age("unknown", "unknown")
KID = Age("child", "declared", date(2030, 5, 1))


@pytest.mark.req("CON-26")
class TestTheDay:
    @pytest.mark.parametrize(
        ("born_on", "day"),
        [
            (date(2012, 5, 1), date(2030, 5, 1)),
            (date(2012, 2, 29), date(2030, 3, 1)),
            (date(2008, 2, 29), date(2026, 3, 1)),
            (date(2012, 2, 28), date(2030, 2, 28)),
            (date(2012, 12, 31), date(2030, 12, 31)),
        ],
    )
    def test_is_eighteen_years_on(self, born_on, day):
        assert adult_on(born_on) == day

    @pytest.mark.parametrize(("days", "grown"), [(-1, False), (0, True), (1, True)])
    def test_ends_childhood_as_it_begins(self, days, grown):
        today = KID.adult_on + timedelta(days=days)

        assert (is_adult(KID, today), is_child(KID, today)) == (grown, not grown)

    def test_unknown_is_neither(self):
        assert not is_adult(UNKNOWN, TODAY)
        assert not is_child(UNKNOWN, TODAY)
        assert is_child(Age("child", "declared"), date(2199, 1, 1))


@pytest.mark.req("CON-22")
class TestSteps:
    @pytest.mark.parametrize(
        "after",
        [
            UNKNOWN,
            Age("adult", "declared"),
            Age("adult", "declared", date(2026, 1, 1)),
            Age("child", "declared", date(2029, 5, 1)),
            Age("child", "declared", TODAY),
            Age("adult", "verified", date(2027, 1, 1)),
            Age("child", "verified", date(2026, 1, 1)),
            Age("child", "unknown"),
            Age("unknown", "declared"),
            Age("unknown", "unknown", date(2030, 1, 1)),
        ],
    )
    def test_that_end_a_childhood_or_cannot_be_are_refused(self, after):
        assert not may_follow(KID, after, TODAY)

    @pytest.mark.parametrize(
        "after",
        [
            Age("adult", "verified"),
            Age("child", "verified", date(2029, 5, 1)),
            Age("child", "declared", date(2031, 5, 1)),
            Age("child", "declared"),
        ],
    )
    def test_that_prove_or_protect_are_taken(self, after):
        assert may_follow(KID, after, TODAY)

    @pytest.mark.parametrize(
        "before", [UNKNOWN, Age("adult", "declared"), Age("adult", "verified")]
    )
    def test_a_child_is_always_believed(self, before):
        assert may_follow(before, KID, TODAY)

    @given(
        st.lists(
            st.builds(
                Age, st.sampled_from(["unknown", "child", "adult"]),
                st.sampled_from(["unknown", "declared"]),
                st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
            ),
            max_size=20,
        )
    )  # fmt: skip
    def test_words_alone_never_end_a_childhood(self, said):
        known, ends = KID, KID.adult_on
        for one in said:
            if may_follow(known, one, TODAY):
                known = one

        assert known.state == "child"
        assert (known.adult_on or date.max) >= ends


@pytest.mark.django_db
@pytest.mark.req("CON-22")
class TestReporting:
    def test_a_child_is_on_record_and_permits_are_recalled(self, lotus, asha):
        found = age.report(by=BY, subject=asha, age=Age("child", "declared", date(2031, 5, 1)))

        assert family.is_child(found)
        assert Job.objects.filter(kind="permits.ended").count() == 1
        assert EntryIndex.objects.filter(event="subject:age_learnt").count() == 1

    def test_the_same_again_changes_nothing(self, asha):
        said = Age("child", "declared", date(2031, 5, 1))
        age.report(by=BY, subject=asha, age=said)

        age.report(by=BY, subject=asha, age=said)

        assert EntryIndex.objects.filter(event="subject:age_learnt").count() == 1

    def test_a_childs_word_does_not_make_an_adult(self, lotus):
        kid = add(lotus, ("email", "kid@example.in"), age_state="child", age_assurance="declared")

        with pytest.raises(AgeStepError):
            age.report(by=BY, subject=kid, age=Age("adult", "declared"))
        with pytest.raises(AgeStepError):
            services.set_facts(by=BY, subject=kid, age_state="adult")
        kid.refresh_from_db()
        assert kid.age_state == ages.CHILD

        assert family.is_adult(age.report(by=BY, subject=kid, age=Age("adult", "verified")))

    @pytest.mark.req("P9")
    def test_of_another_companys_person_is_refused(self, tulip, asha):
        asha.controller_id = tulip.id

        with pytest.raises(SubjectUnknownError):
            age.report(by=BY, subject=asha, age=Age("child", "declared"))

    def test_a_verified_adult_is_one_whose_age_was_verified(self, lotus):
        people = {
            assurance: add(
                lotus, ("email", f"{assurance}@example.in"), age_state="adult",
                age_assurance=assurance,
            )
            for assurance in ("declared", "verified")
        }  # fmt: skip

        assert family.is_verified_adult(people["verified"])
        assert not family.is_verified_adult(people["declared"])
