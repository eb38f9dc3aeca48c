"""Who acted, by which method, with what to show for it, and how far it reaches."""

import json

import pytest

from consent import services
from consent.errors import (
    EvidenceError,
    GiverLacksError,
    GiverMayNotError,
    PurposeUnknownError,
    ScopeTooNarrowError,
    UnknownChannelError,
    UnknownGiverError,
    UnknownMethodError,
)
from consent.methods import ACCEPTED, ASSISTED, GIVERS, NEEDS
from consent.models import ConsentEvent, ConsentState
from consent.services import choices
from consent.transitions import State
from tests.portal.world import AUTHOR, MAPS, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db

OPERATOR = {"operator": "op-17"}
AUTHORITY = {"authority": "POA 2026/14"}


@pytest.mark.req("CON-13")
class TestGivers:
    def test_an_operator_takes_down_what_the_person_says(self, company, asha):
        event = company.yes(asha, given_by="operator", method="phone", evidence=OPERATOR)

        assert (event.given_by, event.evidence) == ("operator", OPERATOR)
        assert ConsentState.objects.get().is_provable

    @pytest.mark.parametrize("method", sorted(ACCEPTED - ASSISTED - {"import"}))
    def test_an_operator_clicks_for_nobody(self, company, asha, written, method):
        before = written()

        with pytest.raises(GiverLacksError):
            company.yes(asha, given_by="operator", method=method, evidence=OPERATOR)

        assert written() == before

    @pytest.mark.parametrize("giver", sorted(NEEDS))
    def test_without_what_shows_it_nobody_says_yes_for_another(self, company, asha, written, giver):
        before = written()

        with pytest.raises(GiverLacksError) as refusal:
            company.yes(asha, given_by=giver, method="phone")

        assert (refusal.value.status, refusal.value.field) == (422, "evidence")
        assert written() == before

    def test_an_agent_names_the_authority(self, company, asha):
        event = company.yes(asha, given_by="agent", method="written", evidence=AUTHORITY)

        assert event.given_by == "agent"

    def test_a_nominee_never_consents(self, company, asha, written):
        before = written()

        with pytest.raises(GiverMayNotError):
            company.yes(asha, given_by="nominee", method="written", evidence=AUTHORITY)

        assert written() == before

    @pytest.mark.req("CON-15")
    @pytest.mark.parametrize("giver", sorted(GIVERS - {"consent_manager"}))
    def test_a_no_is_taken_from_whoever_brings_it(self, company, asha, giver):
        company.yes(asha)

        assert company.answer(asha, OFFERS, State.REFUSED, given_by=giver).state == "withdrawn"

    @pytest.mark.req("CON-27")
    def test_nobody_passes_for_a_consent_manager(self, company, asha):
        company.yes(asha)

        with pytest.raises(GiverLacksError):
            company.answer(asha, OFFERS, State.REFUSED, given_by="consent_manager")

    @pytest.mark.parametrize("giver", ["", "aunt", "Principal"])
    def test_nobody_else_acts(self, company, asha, written, giver):
        before = written()

        with pytest.raises(UnknownGiverError):
            company.yes(asha, given_by=giver)

        assert written() == before

    def test_an_officer_is_no_method_of_a_person(self, company, asha):
        company.yes(asha, MAPS)

        for purpose, state in ((OFFERS, State.GIVEN), (MAPS, State.REFUSED)):
            with pytest.raises(UnknownMethodError):
                company.answer(asha, purpose, state, method="officer")
        for method in ("merge", "split"):
            with pytest.raises(UnknownMethodError):
                company.yes(asha, method=method)


BAD_EVIDENCE = {
    "too_many": {f"member_{chr(97 + n)}": "x" for n in range(13)},
    "too_long": {"session": "s" * 201},
    "too_large": {f"member_{chr(97 + n)}": "x" * 199 for n in range(12)},
    "a_name_of_another_form": {"Session ID": "x"},
    "control_characters": {"session": "a\nb"},
    "no_text": {"session": 4},
    "an_aadhaar_number": {"operator": "2345 6789 0123"},
    "an_account_number": {"source": "ABCDE1234F"},
    "a_passport": {"session": "seen: P1234567"},
}


@pytest.mark.req("CON-13")
class TestEvidence:
    @pytest.mark.parametrize("name", BAD_EVIDENCE)
    def test_of_another_form_is_refused_whole(self, company, asha, written, name):
        before = written()

        with pytest.raises(EvidenceError) as refusal:
            company.yes(asha, evidence=BAD_EVIDENCE[name])

        assert written() == before
        assert not any(char.isdigit() for char in str(refusal.value))

    def test_refused_for_a_no_as_well(self, company, asha):
        with pytest.raises(EvidenceError):
            company.answer(asha, OFFERS, State.REFUSED, evidence=BAD_EVIDENCE["a_passport"])

    def test_a_random_id_is_no_document(self, company, asha):
        found = {"session": "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"}

        assert company.yes(asha, evidence=found).evidence == found


class TestChannels:
    @pytest.mark.parametrize("channel", ["telepathy", "Web"])
    def test_an_unknown_one_is_refused(self, company, asha, written, channel):
        before = written()
        choice = services.Choice(
            subject_id=asha.id, purpose=OFFERS, state=State.GIVEN, method="button", channel=channel
        )

        with pytest.raises(UnknownChannelError):
            services.record(by=AUTHOR, controller_id=company.id, choice=choice)

        assert written() == before


@pytest.mark.req("CON-10")
class TestScope:
    def test_data_beyond_the_purpose_are_counted_and_not_kept(self, company, asha):
        event = company.yes(asha, categories=("pd:EmailAddress", "pd:Contact", "pd:Location"))

        stored = ConsentEvent.objects.get(pk=event.id)
        assert stored.evidence == {"beyond": "2"}
        assert "Contact" not in json.dumps(stored.evidence)

    def test_less_than_the_purpose_needs_is_no_consent_to_it(self, company, asha, written):
        before = written()

        with pytest.raises(ScopeTooNarrowError):
            company.yes(asha, categories=("pd:Contact",))

        assert written() == before

    def test_a_no_has_no_scope(self, company, asha):
        assert company.answer(asha, OFFERS, State.REFUSED, categories=("pd:Contact",)).id


@pytest.mark.req("BRD-CC1")
@pytest.mark.req("CON-09")
class TestNoBundling:
    def test_accepting_all_is_one_event_for_each_purpose(self, company, asha):
        wishes = [
            services.Choice(
                subject_id=asha.id, purpose=code, state=State.GIVEN, method="button", language="en"
            )
            for code in (OFFERS, SURVEYS, MAPS)
        ]

        told = choices.record_many(by=AUTHOR, controller_id=company.id, choices=wishes)

        assert len({one.id for one in told}) == 3
        assert {one.purpose.code for one in ConsentEvent.objects.all()} == {OFFERS, SURVEYS, MAPS}

    def test_declining_one_leaves_every_other_open(self, company, asha):
        company.answer(asha, OFFERS, State.REFUSED)

        assert company.yes(asha, MAPS).state == "given"
        assert ConsentState.objects.get(purpose__code=OFFERS).state == "refused"

    @pytest.mark.parametrize("several", [f"{OFFERS},{MAPS}", f"{OFFERS} {MAPS}", "*", "all"])
    def test_one_yes_names_one_purpose(self, company, asha, written, several):
        before = written()

        with pytest.raises(PurposeUnknownError):
            company.yes(asha, several)

        assert written() == before
