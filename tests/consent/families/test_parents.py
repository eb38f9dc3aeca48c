"""Verifiable parental consent: the four cases of r.10, every refusal, and what ends it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import EntryIndex
from consent import services
from consent.errors import (
    GiverNotVerifiedError,
    ParentCheckClosedError,
    ParentCheckMissingError,
    ParentNotNeededError,
    ReferenceFormError,
    VerifierUnavailableError,
)
from consent.family import parents
from consent.family import selectors as families
from consent.family.parents import CHECK_STEPS, Check
from consent.models import ConsentState, ParentalCheck
from subjects import family
from subjects import services as subjects
from subjects.errors import SubjectUnknownError
from subjects.models import Relationship
from tests.consent.families import house
from tests.portal.world import AUTHOR, MAPS, OFFERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def kid(company):
    return house.child(company)


@pytest.fixture
def mira(company):
    return house.mother(company)


@pytest.fixture
def tokens(settings):
    settings.PARENT_TOKEN_ISSUER = house.ISSUER


def events():
    found = EntryIndex.objects.filter(event__startswith="parent:").order_by("id")
    return list(found.values_list("event", flat=True))


def details(company, named, *, is_adult=True, reference="TICKET-7"):
    return services.record_details(
        by=AUTHOR, controller_id=company.id, check_id=named.id, is_adult=is_adult,
        reference=reference,
    )  # fmt: skip


@pytest.mark.req("CON-22")
class TestTheFourCases:
    @pytest.mark.parametrize(("begun_by", "case"), [("child", 1), ("parent", 3)])
    def test_a_registered_parent_is_found_in_the_details_held(
        self, company, kid, mira, begun_by, case
    ):
        named = house.name(company, kid, mira, begun_by=begun_by)
        assert parents.rule_10_case(named.begun_by, is_registered=named.is_registered) == case

        found = house.check(company, named)

        assert (found.state, found.outcome) == ("verified", "adult_confirmed")
        assert company.yes(kid, given_by="parent", guardian_id=mira.id).guardian_verified

    @pytest.mark.parametrize(("begun_by", "case"), [("child", 2), ("parent", 4)])
    def test_another_is_found_by_a_token(self, company, kid, tokens, begun_by, case):
        stranger = company.person("stranger@example.in")
        named = house.name(company, kid, stranger, begun_by=begun_by, is_registered=False)
        assert parents.rule_10_case(named.begun_by, is_registered=named.is_registered) == case

        found = house.check(company, named, "virtual_token", house.GOOD)

        assert (found.state, found.reference) == ("verified", house.REFERENCE)
        assert company.yes(kid, given_by="parent", guardian_id=stranger.id).guardian_verified

    @pytest.mark.parametrize("begun_by", ["child", "parent"])
    def test_or_by_details_she_provides(self, company, kid, begun_by):
        stranger = company.person("stranger@example.in")
        named = house.name(company, kid, stranger, begun_by=begun_by, is_registered=False)

        found = details(company, named)

        assert (found.state, found.method) == ("verified", "voluntary_details")
        assert company.yes(kid, given_by="parent", guardian_id=stranger.id).guardian_verified

    def test_each_step_is_on_the_log(self, company, kid, mira):
        house.verified(company, kid, mira)

        assert events() == ["parent:named", "parent:verified"]
        relation = Relationship.objects.get()
        assert (relation.kind, relation.verified_by) == ("parent", "rule10:existing_details")


@pytest.mark.req("CON-22")
class TestWhoIsNotVerified:
    def test_one_whose_age_was_only_declared(self, company, kid):
        parent = house.mother(company, assurance="declared")

        found = house.check(company, house.name(company, kid, parent))

        assert (found.state, found.outcome) == ("refused", "details_not_held")
        with pytest.raises(GiverNotVerifiedError):
            company.yes(kid, given_by="parent", guardian_id=parent.id)

    def test_another_child(self, company, kid):
        brother = house.child(company, "brother@example.in", age_assurance="verified")

        found = house.check(company, house.name(company, kid, brother))

        assert (found.state, found.outcome) == ("refused", "not_adult")

    @pytest.mark.parametrize("state", ["erasing", "erased", "deceased"])
    def test_one_who_is_gone(self, company, kid, mira, state):
        subjects.set_standing(by=AUTHOR, subject=mira, state=state)

        assert house.verified(company, kid, mira).outcome == "not_identifiable"

    def test_one_whose_key_was_destroyed(self, company, kid, mira):
        subjects.destroy_key(by=AUTHOR, subject=mira)

        assert house.verified(company, kid, mira).outcome == "not_identifiable"

    def test_one_who_is_not_registered_by_details_that_are_not_held(self, company, kid, mira):
        named = house.name(company, kid, mira, is_registered=False)

        assert house.check(company, named).outcome == "method_not_fitting"

    @pytest.mark.parametrize(
        ("token", "outcome"),
        [
            (house.MINOR, "not_adult"),
            (house.NOBODY, "not_identifiable"),
            ("token-unknown", "token_not_recognised"),
            ("", "token_not_recognised"),
            ("x" * 4001, "token_not_recognised"),
        ],
    )
    def test_whose_token_says_no(self, company, kid, mira, tokens, token, outcome):
        found = house.check(company, house.name(company, kid, mira), "virtual_token", token)

        assert (found.state, found.outcome) == ("refused", outcome)
        assert not family.in_charge(company.id, kid.id).exists()

    @pytest.mark.parametrize("issuer", ["BrokenIssuer", "ChattyIssuer", "VagueIssuer", "Nowhere"])
    def test_nobody_is_where_the_issuer_fails(self, company, kid, mira, settings, issuer):
        settings.PARENT_TOKEN_ISSUER = f"tests.consent.families.house.{issuer}"
        named = house.name(company, kid, mira)

        if issuer == "VagueIssuer":
            assert house.check(company, named, "virtual_token", house.GOOD).state == "refused"
        else:
            with pytest.raises(VerifierUnavailableError):
                house.check(company, named, "virtual_token", house.GOOD)

        assert ParentalCheck.objects.get().state in parents.OPEN
        assert not family.in_charge(company.id, kid.id).exists()

    def test_nobody_is_without_an_issuer(self, company, kid, mira):
        with pytest.raises(VerifierUnavailableError):
            house.check(company, house.name(company, kid, mira), "virtual_token", house.GOOD)

    def test_nobody_is_by_a_method_that_does_not_exist(self, company, kid, mira):
        found = house.check(company, house.name(company, kid, mira), "gut_feeling")

        assert found.outcome == "method_not_fitting"

    def test_another_way_may_be_tried(self, company, kid, tokens):
        parent = house.mother(company, assurance="declared")
        named = house.name(company, kid, parent)
        house.check(company, named)

        assert house.check(company, named, "virtual_token", house.GOOD).state == "verified"
        assert events() == ["parent:named", "parent:not_verified", "parent:verified"]

    def test_a_verifier_of_the_deployments_own_is_used(self, company, kid, settings):
        settings.PARENT_VERIFIERS = {
            "existing_details": "tests.consent.families.test_parents.Everybody"
        }
        parent = house.mother(company, assurance="declared")

        assert house.verified(company, kid, parent).state == "verified"


class Everybody:
    """Takes everybody for an adult."""

    def check(self, claim):
        from consent.family.verifiers import Verdict

        return Verdict(True, "adult_confirmed", "own-check")


@pytest.mark.req("CON-22")
class TestNaming:
    def test_again_gives_the_one_that_stands(self, company, kid, mira):
        assert house.name(company, kid, mira) == house.name(company, kid, mira)
        assert events() == ["parent:named"]

    def test_verifying_again_changes_nothing(self, company, kid, mira):
        named = house.verified(company, kid, mira)

        assert house.check(company, named).decided_at == named.decided_at
        assert events() == ["parent:named", "parent:verified"]

    def test_an_adult_needs_none(self, company, mira, asha):
        grown = house.child(company, "grown@example.in", adult_on=house.day())

        for person in (mira, grown):
            with pytest.raises(ParentNotNeededError):
                house.name(company, person, asha)

    def test_nobody_is_their_own_parent(self, company, kid):
        with pytest.raises(ParentNotNeededError):
            house.name(company, kid, kid)

    @pytest.mark.req("P9")
    def test_people_of_another_company_are_unknown(self, company, other, kid, mira):
        stranger = other.person("stranger@example.nl")

        with pytest.raises(SubjectUnknownError):
            house.name(company, kid, stranger)
        with pytest.raises(SubjectUnknownError):
            house.name(other, kid, stranger)
        named = house.name(company, kid, mira)
        with pytest.raises(ParentCheckMissingError):
            house.check(other, named)
        assert list(families.named(other.id, mira.id)) == []

    def test_the_database_refuses_a_second_one_standing(self, company, kid, mira):
        named = house.name(company, kid, mira)

        with pytest.raises(IntegrityError), transaction.atomic():
            ParentalCheck.objects.create(
                controller_id=company.id, subject=kid, parent_id=mira.id, begun_by="child",
                named_at=named.named_at, lapses_at=named.lapses_at,
            )  # fmt: skip

    def test_the_database_verifies_nobody_without_a_finding(self, company, kid, mira):
        house.name(company, kid, mira)

        with pytest.raises(IntegrityError), transaction.atomic():
            ParentalCheck.objects.update(
                state="verified", decided_at=timezone.now(), decided_by="somebody"
            )


@pytest.mark.req("CON-22")
class TestWhatEndsIt:
    def test_who_says_no_is_asked_no_more(self, company, kid, mira):
        named = house.name(company, kid, mira)

        services.decline_parent(by=AUTHOR, controller_id=company.id, check_id=named.id)

        assert list(families.named(company.id, mira.id)) == []
        with pytest.raises(ParentCheckClosedError):
            house.check(company, named)
        assert house.name(company, kid, mira).id != named.id

    def test_what_nobody_answers_lapses_on_read_and_by_schedule(self, company, kid, mira):
        named = house.name(company, kid, mira)
        ParentalCheck.objects.update(lapses_at=timezone.now() - timedelta(seconds=1))

        with pytest.raises(ParentCheckClosedError):
            house.check(company, named)
        assert list(families.named(company.id, mira.id)) == []
        assert services.lapse_parents(by=AUTHOR) == 1
        assert services.lapse_parents(by=AUTHOR) == 0
        assert ParentalCheck.objects.get().state == "lapsed"

    def test_a_wrong_one_takes_its_consents_with_it(self, company, kid, mira):
        named = house.verified(company, kid, mira)
        company.yes(kid, given_by="parent", guardian_id=mira.id)
        company.yes(kid, MAPS)

        services.end_parent(
            by=AUTHOR, controller_id=company.id, check_id=named.id, reason="found_wrong"
        )

        states = dict(ConsentState.objects.values_list("purpose__code", "state"))
        assert states == {OFFERS: "invalidated", MAPS: "given"}
        with pytest.raises(GiverNotVerifiedError):
            company.yes(kid, given_by="parent", guardian_id=mira.id)
        assert house.verified(company, kid, mira).state == "verified"

    def test_another_parents_consent_stays(self, company, kid, mira):
        father = house.mother(company, "father@example.in")
        named = house.verified(company, kid, mira)
        house.verified(company, kid, father)
        company.yes(kid, given_by="parent", guardian_id=father.id)

        services.end_parent(
            by=AUTHOR, controller_id=company.id, check_id=named.id, reason="found_wrong"
        )

        assert ConsentState.objects.get().state == "given"

    def test_what_was_not_verified_cannot_end(self, company, kid, mira):
        named = house.name(company, kid, mira)

        with pytest.raises(ParentCheckClosedError):
            services.end_parent(
                by=AUTHOR, controller_id=company.id, check_id=named.id, reason="found_wrong"
            )


@pytest.mark.req("CON-22")
class TestReferences:
    @pytest.mark.parametrize(
        "reference",
        [
            "234567890124", house.DOCUMENT, "2345-6789-0124", "1234 5678 9012 3456",
            "ABCDE1234F", "abcde1234f", "Z1234567", "seen passport Z1234567", "ABC1234567",
            "MH12 20110012345", "", " ", "x" * 81, "a\nb", "<script>", "अ",
        ],
    )  # fmt: skip
    def test_that_look_like_documents_are_refused(self, company, kid, mira, reference):
        named = house.name(company, kid, mira)

        with pytest.raises(ReferenceFormError):
            details(company, named, reference=reference)

        assert ParentalCheck.objects.get().state == "named"

    @pytest.mark.parametrize(
        "reference",
        ["TICKET-7", "DL/2026/00017", "0192f3c4-1111-7222-8333-123456789012", "desk 4 (Pune)"],
    )
    def test_of_ones_own_are_kept(self, company, kid, mira, reference):
        found = details(company, house.name(company, kid, mira), reference=reference)

        assert found.reference == reference

    def test_details_of_a_minor_verify_nobody(self, company, kid, mira):
        found = details(company, house.name(company, kid, mira), is_adult=False)

        assert (found.state, found.outcome) == ("refused", "not_adult")


STATES = st.sampled_from(sorted(Check))


@pytest.mark.req("CON-22")
class TestTheSteps:
    @given(st.lists(STATES, max_size=12))
    def test_nobody_counts_who_was_not_found_out(self, wished):
        state, seen = Check.NAMED, [Check.NAMED]
        for after in wished:
            if after in CHECK_STEPS[state]:
                state = after
                seen.append(state)

        if Check.ENDED in seen:
            assert seen[-2:] == [Check.VERIFIED, Check.ENDED]
        assert seen.count(Check.VERIFIED) <= 1
        if seen[-1] in {Check.DECLINED, Check.LAPSED}:
            assert Check.VERIFIED not in seen

    def test_every_state_is_spoken_of(self):
        assert set(CHECK_STEPS) == set(Check)
        assert {after for steps in CHECK_STEPS.values() for after in steps} <= set(Check)
