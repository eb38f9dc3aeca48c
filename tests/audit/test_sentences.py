"""Every kind of entry as one sentence, for officers: particulars, and no person."""

import pytest

from audit.catalogue import EVENTS
from audit.models import EntryIndex
from audit.sentences import ACTS, OF_THE_PERSON, sentence

pytestmark = pytest.mark.req("AUD-10")


def said(event, *, actor="service", outcome="", reason="", **more):
    entry = EntryIndex(
        event=event, actor_type=actor, actor_id="a", target_type="t", target_id="t",
        outcome=outcome, **{"purpose": "marketing.email.offers", "subject_id": "s", **more},
    )  # fmt: skip
    return sentence(entry, who="service E-mail activator", target="olga", reason=reason)


def test_says_who_was_refused_what_and_why():
    told = said("decision:made", outcome="deny", reason="The person withdrew the consent.")

    assert told == (
        "Service E-mail activator was refused marketing.email.offers."
        " The person withdrew the consent."
    )


def test_says_of_the_persons_own_act_only_what_it_was():
    told = said("consent:withdrawn", actor="subject")

    assert told == "The person withdrew the consent to marketing.email.offers"


def test_says_who_recorded_an_act_of_the_person():
    told = said("consent:withdrawn", actor="officer")

    assert told.endswith("offers, as recorded by service E-mail activator")


def test_says_when_a_list_showed_nobody():
    assert said("list:viewed").endswith("saw the person in a list")
    assert said("list:viewed", subject_id=None).endswith("saw a list that shows nobody")


@pytest.mark.parametrize("outcome", ["", "permit", "found"])
def test_every_event_has_a_sentence_without_open_places(outcome, subtests):
    for event in sorted(EVENTS):
        with subtests.test(event):
            told = said(event, outcome=outcome)

            assert told[0].isupper()
            assert "%" not in told
            assert event not in told


def test_an_event_of_a_later_version_is_said_by_its_code():
    assert said("later:done") == "Later:done (service E-mail activator)"


def test_what_a_caller_made_up_is_not_read_as_a_place():
    assert "%(who)s" in said("decision:made", outcome="deny", purpose="%(who)s")


def test_no_sentence_is_of_an_event_that_does_not_exist():
    assert {one.partition(" ")[0] for one in ACTS} | set(OF_THE_PERSON) <= set(EVENTS)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["hi", "ur"])
def test_every_language_fills_the_same_places(language):
    from django.utils import translation

    with translation.override(language):
        for event in EVENTS:
            assert "%(" not in said(event)
