from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from subjects import signin
from subjects.errors import LinkNotValidError
from subjects.models import SignInLink, Subject
from tests.subjects.people import add, at_once
from work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(asha):
    return signin.request_link(subject=asha, language="hi")


@pytest.fixture
def token(link):
    return signin.make_token(link_id=link.id)[1]


class TestAsking:
    def test_notes_a_message_to_be_sent_and_no_token_yet(self, asha, link, events):
        assert (link.subject, link.language, link.token_digest) == (asha, "hi", None)
        job = Job.objects.get()
        assert (job.kind, job.payload) == (signin.SEND_LINK, {"link": str(link.id)})
        assert events()[-1] == "link:issued"

    def test_the_token_is_kept_as_a_hash_only(self, link, token):
        link.refresh_from_db()

        assert len(token) >= 43
        assert token.encode() not in bytes(link.token_digest)
        assert len(link.token_digest) == 32

    def test_a_message_written_again_has_a_new_token_and_the_old_one_ends(self, asha, link, token):
        _, fresh = signin.make_token(link_id=link.id)

        assert fresh != token
        with pytest.raises(LinkNotValidError):
            signin.redeem(token=token)
        assert signin.redeem(token=fresh) == asha

    def test_no_token_is_made_for_a_link_that_was_used_or_ended(self, link, token):
        signin.redeem(token=token)

        assert signin.make_token(link_id=link.id) is None
        SignInLink.objects.update(used_at=None, expires_at=timezone.now())
        assert signin.make_token(link_id=link.id) is None


class TestRedeeming:
    def test_signs_the_person_in_once(self, asha, token, events):
        assert signin.redeem(token=token) == asha
        assert events()[-1] == "subject:signed_in"

        with pytest.raises(LinkNotValidError):
            signin.redeem(token=token)
        assert events().count("subject:signed_in") == 1

    def test_too_late_is_too_late(self, token, settings):
        late = timezone.now() + timedelta(minutes=settings.SIGN_IN_LINK_MINUTES, seconds=1)
        with time_machine.travel(late), pytest.raises(LinkNotValidError):
            signin.redeem(token=token)

    def test_just_in_time_is_in_time(self, asha, token, settings):
        almost = timezone.now() + timedelta(minutes=settings.SIGN_IN_LINK_MINUTES, seconds=-5)
        with time_machine.travel(almost):
            assert signin.redeem(token=token) == asha

    @pytest.mark.parametrize("wrong", ["", "x" * 43, "नमस्ते"])
    def test_a_made_up_token_is_not_valid(self, token, wrong):
        with pytest.raises(LinkNotValidError):
            signin.redeem(token=wrong)

    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_once_one_gets_in(self, asha, token):
        answers = at_once(*[lambda: signin.redeem(token=token)] * 4)

        assert sorted(type(one).__name__ for one in answers) == [
            "LinkNotValidError", "LinkNotValidError", "LinkNotValidError", "Subject",
        ]  # fmt: skip

    def test_opens_the_door_of_its_own_person_only(self, lotus, asha, token):
        ben = add(lotus, ("email", "ben@example.in"))
        other = signin.make_token(link_id=signin.request_link(subject=ben, language="en").id)[1]

        assert signin.redeem(token=other) == ben
        assert signin.redeem(token=token) == asha
        assert Subject.objects.count() == 2
