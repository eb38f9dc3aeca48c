import email
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.urls import reverse

from config.mail import ASKED_FOR, MailboxBackend

MESSAGE = EmailMessage(
    "Sign in", "Open http://127.0.0.1/privacy/sign-in/abc", "p@x.invalid", ["asha@example.in"]
)


@pytest.fixture(autouse=True)
def mailbox(settings, tmp_path, monkeypatch):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
    settings.PRODUCTION = False
    monkeypatch.setattr(MailboxBackend, "has_told", False)
    return tmp_path / "mailbox"


def test_writes_one_private_file_per_message(mailbox):
    sent = MailboxBackend().send_messages([MESSAGE, MESSAGE])

    files = sorted(mailbox.iterdir())
    assert sent == len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(mailbox.stat().st_mode) == 0o700
    assert email.message_from_bytes(files[0].read_bytes())["To"] == "asha@example.in"


def test_shows_the_text_but_no_address(mailbox, capsys):
    MailboxBackend().send_messages([MESSAGE])

    shown = capsys.readouterr().out
    assert "http://127.0.0.1/privacy/sign-in/abc" in shown
    assert "asha" not in shown


def test_hundreds_of_other_letters_do_not_bury_the_link(mailbox, capsys):
    other = EmailMessage("Changed", "What you agreed to has changed.", to=["asha@example.in"])

    MailboxBackend().send_messages([other, MESSAGE])
    MailboxBackend().send_messages([other, other])

    shown = capsys.readouterr().out
    assert "has changed" not in shown
    assert "http://127.0.0.1/privacy/sign-in/abc" in shown
    assert shown.count(f"are kept in {mailbox}\n") == 1
    assert len(list(mailbox.iterdir())) == 4


@pytest.mark.parametrize("name", ["portal:redeem", "portal:return"])
def test_knows_the_links_that_somebody_waits_for(name):
    assert reverse(name, args=["token"]).startswith(ASKED_FOR)


def test_refuses_to_work_in_production(settings, mailbox):
    settings.PRODUCTION = True

    with pytest.raises(ImproperlyConfigured):
        MailboxBackend().send_messages([MESSAGE])

    assert not mailbox.exists()
