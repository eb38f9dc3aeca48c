"""An officer finds somebody, reads about them, reveals an identifier, enters a choice."""

import re

import pytest
from django.urls import reverse

from audit.selectors import payload
from consent import selectors as consents
from consent import services as consent
from consent.transitions import State
from subjects import services as subjects
from tests.desk import house
from tests.portal import world
from tests.portal.world import MAPS, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db
FIND = "/admin/people/find/"


def find(client, company, value, scheme="email"):
    return client.post(FIND, {"controller": str(company.id), "scheme": scheme, "value": value})


def address(page, company, *more):
    return reverse(f"admin:{page}", args=[company.person.id, *more])


def text(answer):
    """What stands on a page, without its markup."""
    main = answer.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


class TestFinding:
    @pytest.mark.req("P10", "P11")
    def test_leads_to_the_person_by_id_and_leaves_no_identifier(self, desk, lotus, entries, caplog):
        answer = find(desk, lotus, " ASHA@Lotus.example ")

        (entry,) = entries("person:searched")
        assert (answer.status_code, answer["Location"]) == (303, address("person", lotus))
        assert (entry.outcome, entry.subject_id) == ("found", lotus.person.id)
        assert "asha" not in str(payload(entry.id)).lower()
        assert "asha@" not in caplog.text.lower()

    @pytest.mark.req("P11")
    def test_of_nobody_says_so_and_is_recorded(self, desk, lotus, entries):
        answer = find(desk, lotus, "nobody@lotus.example")

        (entry,) = entries("person:searched")
        assert "Nobody was found" in text(answer)
        assert (entry.outcome, entry.subject_id) == ("not_found", None)
        assert "nobody@" not in str(payload(entry.id))

    def test_by_something_malformed_is_explained(self, desk, lotus, entries):
        answer = find(desk, lotus, "12", scheme="phone")

        assert answer.status_code == 422
        assert "does not have the form" in text(answer)
        assert not entries("person:searched")

    def test_is_not_for_everybody(self, lotus):
        stranger = house.signed_in(house.officer(lotus, "new"))

        assert stranger.get(FIND).status_code == 302

    @pytest.mark.req("P10")
    def test_pages_are_kept_by_no_browser(self, desk, lotus):
        for page in (FIND, address("person", lotus), address("reveal", lotus)):
            assert "no-store" in desk.get(page)["Cache-Control"]


class TestThePersonsPage:
    def test_tells_facts_states_and_history_with_identifiers_masked(self, desk, lotus):
        page = text(desk.get(address("person", lotus)))

        assert "a•••@l•••" in page
        assert lotus.email not in page
        assert "Offers by e-mail" in page
        assert "given" in page
        assert "Consent was given" in page
        assert "Words shown: website 1 en" in page

    def test_says_why_something_was_denied(self, desk, lotus):
        answer = desk.get(address("person", lotus))
        page = text(answer)

        # English words keep their order among those of a page that runs from right to left.
        assert "<bdi>The person withdrew the consent.</bdi>" in answer.content.decode()
        assert "A decision was made : denied" in page
        assert "The person withdrew the consent." in page
        assert "CONSENT_WITHDRAWN" in page

    def test_tells_standing_objections_and_relatives(self, desk, lotus):
        child = house.new_person(lotus, "child@lotus.example")
        subjects.set_standing(by=house.BY, subject=lotus.person, state="restricted")
        subjects.relate(
            by=house.BY, subject=lotus.person, related_id=child.id, kind="parent",
            verified_by="document",
        )  # fmt: skip
        consent.object_to(by=house.BY, controller_id=lotus.id, subject_id=lotus.person.id)

        page = text(desk.get(address("person", lotus)))

        assert "Restricted: Everything" in page
        assert "Objection: Direct marketing" in page
        assert f"Parent of: …{str(child.id)[-12:]}" in page

    def test_of_somebody_whose_key_is_destroyed_still_opens(self, desk, lotus):
        subjects.destroy_key(by=house.BY, subject=lotus.person)

        page = text(desk.get(address("person", lotus)))

        assert "a•••" not in page
        assert "data key was destroyed: the log no longer says" in page

    def test_shows_history_newest_first_a_page_at_a_time(self, desk, lotus):
        for _ in range(30):
            house.decide(lotus, outcome="permit", reason="PERMIT_IN:consent")
        first = desk.get(address("person", lotus), {"show": "decisions"})
        history = first.context["history"]

        second = desk.get(
            address("person", lotus), {"show": "decisions", "before": history.next_before}
        )

        ids = [one.id for page in (first, second) for one in page.context["history"].moments]
        assert len(ids) == len(set(ids)) == 31
        assert ids == sorted(ids, reverse=True)
        assert second.context["history"].next_before is None

    def test_shows_who_looked_only_when_asked(self, desk, lotus):
        desk.get(address("person", lotus))

        usual = text(desk.get(address("person", lotus)))
        reads = text(desk.get(address("person", lotus), {"show": "reads"}))

        assert "A record was viewed" not in usual
        assert "A record was viewed" in reads
        assert "By: officer olga" in reads

    @pytest.mark.parametrize("query", [{"show": "x"}, {"before": "x"}])
    def test_refuses_made_up_addresses(self, query, desk, lotus):
        assert desk.get(address("person", lotus), query).status_code == 404

    def test_takes_no_posts(self, desk, lotus):
        assert desk.post(address("person", lotus)).status_code == 405

    def test_has_no_buttons_for_an_auditor(self, lotus):
        auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))

        page = text(auditor.get(address("person", lotus)))

        assert "Reveal" not in page
        assert "Enter a choice" not in page
        assert "Audit entry" in page


@pytest.mark.req("PRO-02")
class TestRevealing:
    def test_needs_a_reason(self, desk, lotus, entries):
        answer = desk.post(address("reveal", lotus), {"reason": ""})

        assert answer.status_code == 422
        assert lotus.email not in text(answer)
        assert not entries("identifier:revealed")

    def test_shows_the_identifiers_once_and_records_the_reason(self, desk, lotus, entries):
        answer = desk.post(address("reveal", lotus), {"reason": "grievance", "case": "G/2026-17"})

        (entry,) = entries("identifier:revealed")
        assert lotus.email in text(answer)
        assert payload(entry.id)["data"] == {"reason": "grievance", "case": "G/2026-17"}
        assert lotus.email not in str(payload(entry.id))
        assert lotus.email not in text(desk.get(address("reveal", lotus)))

    @pytest.mark.req("P10")
    @pytest.mark.parametrize(
        "case", ["asha@lotus.example", "+919812345678", "919812345678", "Asha Rao"]
    )
    def test_keeps_no_case_number_that_could_name_somebody(self, case, desk, lotus, entries):
        answer = desk.post(address("reveal", lotus), {"reason": "grievance", "case": case})

        assert answer.status_code == 422
        assert not entries("identifier:revealed")

    @pytest.mark.req("P6")
    def test_no_erasure_overtakes_it(self, desk, lotus, locked_first):
        desk.post(address("reveal", lotus), {"reason": "grievance"})

        assert locked_first("identifier:revealed", lotus.person.id)

    def test_is_refused_without_the_permission(self, lotus, entries):
        auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))

        assert auditor.post(address("reveal", lotus), {"reason": "grievance"}).status_code == 403
        assert not entries("identifier:revealed")


class TestEnteringAChoice:
    FORM = {"method": "call_centre", "reason": "person_asked", "case": "C-9"}

    def state(self, lotus, purpose):
        found = consents.states(lotus.id, lotus.person.id)
        return next(one.state for one in found if one.purpose == purpose)

    def yes(self, lotus, **more):
        words = {"notice": str(lotus.world.notice.id), "language": "en"}
        return {**self.FORM, "state": "given", "is_read": "on", "reference": "REC-77", **words,
                **more}  # fmt: skip

    @pytest.mark.req("CON-13")
    def test_records_a_yes_with_its_words_operator_and_evidence(self, desk, lotus, officer):
        page = address("person_choice", lotus, MAPS)

        answer = desk.post(page, self.yes(lotus))

        line = consents.history(lotus.id, lotus.person.id, MAPS).first()
        assert answer.status_code == 303
        assert (line.state, line.method, line.channel) == ("given", "call_centre", "phone")
        assert (line.actor_type, line.actor_id) == ("officer", str(officer.id))
        assert (line.notice_version_id, line.language) == (lotus.world.notice.id, "en")
        assert line.notice_sha256
        assert line.given_by == "operator"
        assert line.evidence == {
            "operator": str(officer.id), "ui_version": "desk-1", "reference": "REC-77",
            "case": "C-9",
        }  # fmt: skip

    def test_shows_the_words_to_read_in_the_persons_language(self, desk, lotus):
        lotus.person.language = "hi"
        lotus.person.save()

        told = desk.get(address("person_choice", lotus, MAPS)).content.decode()
        english = desk.get(address("person_choice", lotus, MAPS) + "?language=en").content.decode()

        assert world.TITLES[MAPS]["hi"][1] in told
        assert 'name="language" value="hi"' in told
        assert world.TITLES[MAPS]["en"][1] in english
        assert 'name="language" value="en"' in english

    def test_takes_no_yes_to_words_that_changed_meanwhile(self, desk, lotus):
        form = self.yes(lotus)
        lotus.world.republish()

        answer = desk.post(address("person_choice", lotus, MAPS), form)

        assert answer.status_code == 303
        assert "The words changed meanwhile" in text(desk.get(answer["Location"]))
        assert self.state(lotus, MAPS) is State.UNKNOWN

    @pytest.mark.req("CON-15")
    def test_a_withdrawal_takes_no_more_than_a_yes(self, desk, lotus):
        form = {**self.FORM, "state": "withdrawn"}

        answer = desk.post(address("person_choice", lotus, OFFERS), form)

        assert answer.status_code == 303
        assert self.state(lotus, OFFERS) is State.WITHDRAWN
        assert form.keys() < self.yes(lotus).keys()

    def test_offers_only_what_may_follow(self, desk, lotus):
        given = text(desk.get(address("person_choice", lotus, OFFERS)))
        unknown = text(desk.get(address("person_choice", lotus, SURVEYS)))

        assert "They withdraw their consent" in given
        assert "No, they refuse" not in given
        assert "They withdraw their consent" not in unknown
        assert "No, they refuse" in unknown

    @pytest.mark.parametrize(
        "lacking", ["state", "method", "is_read", "reference", "notice", "language", "reason"]
    )
    def test_needs_every_answer(self, lacking, desk, lotus):
        answer = desk.post(
            address("person_choice", lotus, SURVEYS), self.yes(lotus, **{lacking: ""})
        )

        assert answer.status_code == 422
        assert self.state(lotus, SURVEYS) is State.UNKNOWN

    @pytest.mark.parametrize("reference", ["+919900000000", "asha@example.in", "x" * 41])
    def test_keeps_no_address_of_the_person_as_evidence(self, reference, desk, lotus):
        answer = desk.post(
            address("person_choice", lotus, SURVEYS), self.yes(lotus, reference=reference)
        )

        assert answer.status_code == 422
        assert self.state(lotus, SURVEYS) is State.UNKNOWN

    def test_about_an_unknown_purpose_is_not_found(self, desk, lotus):
        assert desk.get(address("person_choice", lotus, "no.such")).status_code == 404

    def test_is_refused_without_the_permission(self, lotus):
        auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))
        form = {**self.FORM, "state": "withdrawn"}

        assert auditor.post(address("person_choice", lotus, OFFERS), form).status_code == 403
        assert self.state(lotus, OFFERS) is State.GIVEN


@pytest.mark.req("P11", "CON-12")
def test_the_story_of_a_call(desk, lotus, entries):
    """A person calls and withdraws: the officer finds them, enters it, and sees it proved."""
    page = desk.get(find(desk, lotus, lotus.email)["Location"])
    assert "Offers by e-mail" in text(page)

    entered = desk.post(
        address("person_choice", lotus, OFFERS),
        {"state": "withdrawn", "method": "call_centre", "reason": "person_asked"},
    )

    after = text(desk.get(entered["Location"]))
    assert "The choice was recorded" in after
    assert "Consent was withdrawn" in after
    assert "By: officer olga" in after
    assert len(entries("consent:withdrawn")) == 1


@pytest.mark.req("AUD-15")
class TestWhoUsedTheData:
    def test_is_told_by_day_and_party(self, desk, lotus):
        for _ in range(3):
            house.decide(lotus, outcome="permit", reason="PERMIT_IN:consent")

        page = text(desk.get(address("person", lotus), {"show": "uses"}))

        assert "Service …00000000aaaa" in page
        assert "A decision was made : permitted · Offers by e-mail" in page
        assert "3 times, " in page
        assert "A decision was made : denied" in page
        assert "Officer olga A record was viewed" in page

    def test_names_whoever_reads_it_now_as_well(self, tulip):
        auditor = house.signed_in(house.officer(tulip, "ada", "auditor"))
        person = house.new_person(tulip, "new@tulip.example")

        page = auditor.get(f"/admin/people/{person.id}/", {"show": "uses"})

        assert [name for name, _ in page.context["history"].days[0].parties] == ["officer ada"]

    def test_comes_in_pages(self, desk, lotus):
        for _ in range(101):
            house.decide(lotus)

        page = desk.get(address("person", lotus), {"show": "uses"})

        assert f"before={page.context['history'].next_before}" in page.content.decode()
