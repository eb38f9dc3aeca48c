"""Systems without an interface: a letter goes out, and nothing is done by that."""

from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from registry.connectors import errands
from registry.connectors.contract import Act, Verb
from registry.connectors.manual import ManualConnector, read
from tests.registry.connectors.house import RAVI, check, person, probe, refused, status, tell

pytestmark = pytest.mark.req("ERA-07")
SYSTEM = UUID(int=7)


def connector(**more):
    return ManualConnector(read({"to": "archive@vendor.example", **more}), SYSTEM, "Paper")


def test_one_letter_for_a_batch_and_each_is_accepted():
    said = tell(connector(), person(), person(RAVI))

    [letter] = mail.outbox
    assert [one.act for one in said] == [Act.ACCEPTED, Act.ACCEPTED]
    assert "2 people" in letter.body
    assert "asha" not in letter.body + letter.subject


def test_the_letter_is_in_the_language_of_its_reader():
    tell(connector(language="hi"), person())

    assert len(mail.outbox) == 1


def test_asking_writes_no_other_letter_and_waits_a_day():
    [said] = status(connector(), person())

    assert (said.act, said.wait_seconds, mail.outbox) == (Act.ACCEPTED, 86_400.0, [])


def test_a_letter_that_did_not_go_out_is_tried_again(monkeypatch):
    def fails(self, fail_silently=False):
        raise OSError("asha@example.in")

    monkeypatch.setattr(EmailMessage, "send", fails)

    error = refused(lambda: tell(connector(), person()))

    assert (error.code, error.retry) == ("letter_not_sent", True)
    assert error.__cause__ is None


def test_it_cannot_be_looked_at_and_says_so():
    declared = connector().declaration

    assert (declared.probes, declared.needs_person, declared.verbs) == (
        False, True, frozenset(Verb),
    )  # fmt: skip
    assert refused(lambda: probe(connector(), person())).code == "no_probe"
    assert check(connector()) == []


def test_a_token_says_which_system_and_nothing_else():
    token = errands.made(SYSTEM, ["b-1", "a-1"])

    assert errands.read(token) == SYSTEM
    assert errands.read(token + "x") is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": "nobody"}, "settings_to"),
        ({"to": "a@b.example\nBcc: c@d.example"}, "settings_to"),
        ({"language": "xx"}, "settings_language"),
        ({"batch": 0}, "settings_batch"),
        ({"url": "x"}, "settings_malformed"),
    ],
)
def test_each_fault_of_the_settings_has_a_name(more, code):
    assert refused(lambda: connector(**more)).code == code
