"""Channels that are closed to a person."""

import pytest

from subjects import channels
from subjects.errors import ChannelError, ChannelOpenError
from subjects.models import Subject
from subjects.suppression import read, write
from tests.subjects.people import BY
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-08")]


def closed(person):
    return read(Subject.objects.get(pk=person.pk).suppressed)


def test_are_kept_with_their_reasons(asha, events):
    channels.suppress(by=BY, subject=asha, channel="sms", reason="register")
    channels.suppress(by=BY, subject=asha, channel="email", reason="bounced")
    channels.suppress(by=BY, subject=asha, channel="email", reason="unsubscribed")

    assert closed(asha) == {"email": "unsubscribed", "sms": "register"}
    assert events()[-3:] == ["channel:suppressed"] * 3


def test_recall_what_was_permitted(asha):
    channels.suppress(by=BY, subject=asha, channel="sms", reason="register")

    assert Job.objects.filter(kind="permits.ended").count() == 1


def test_open_again(asha, events):
    channels.suppress(by=BY, subject=asha, channel="*", reason="complaint")

    channels.release(by=BY, subject=asha, channel="*")

    assert closed(asha) == {}
    assert events()[-1] == "channel:released"


def test_that_are_open_cannot_be_opened(asha):
    with pytest.raises(ChannelOpenError):
        channels.release(by=BY, subject=asha, channel="sms")


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        ("", "bounced"), ("SMS", "bounced"), ("e mail", "bounced"), ("a=b", "bounced"),
        ("**", "bounced"), ("x" * 31, "bounced"), ("sms", ""), ("sms", "she asked me to"),
    ],
)  # fmt: skip
def test_of_another_name_or_reason_are_refused(asha, channel, reason):
    with pytest.raises(ChannelError):
        channels.suppress(by=BY, subject=asha, channel=channel, reason=reason)

    assert closed(asha) == {}


def test_are_few(asha):
    for number in range(9):
        channels.suppress(by=BY, subject=asha, channel=f"c{number}", reason="other")

    with pytest.raises(ChannelError):
        channels.suppress(by=BY, subject=asha, channel="c9", reason="other")


def test_are_written_in_one_order():
    assert write({"sms": "other", "email": "bounced"}) == "email=bounced sms=other"
    assert read("") == {}
