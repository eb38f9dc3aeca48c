"""Consent managers speak for people, signed, and only while the company takes them (s.6(7))."""

import json
import time
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, transaction

from audit.selectors import payload
from consent import selectors as states
from consent import services as consent
from consent.capture_errors import ManagerKeyError, ManagerStateError
from consent.errors import SecondPersonError
from consent.models import ConsentEvent, ConsentManager, ManagerRequest
from consent.transitions import State
from tests.api.house import least, problem
from tests.consent.signing import FIRST, SECOND, V1, Outside, entered, public_of
from tests.portal.world import DELIVERY, MAPS, OFFERS

pytestmark = pytest.mark.req("CON-27")
METHOD = "consent_manager"


@pytest.fixture
def saathi(lotus):
    """An accepted consent manager."""
    return entered(lotus)


@pytest.fixture
def words(lotus):
    """What names the words a manager showed."""
    return {"notice": str(lotus.notice.id), "language": "hi"}


def now(company, person, purpose=OFFERS):
    found = states.states(company.id, person.id)
    return next(one.state for one in found if one.purpose == purpose)


class TestGiving:
    def test_a_yes_is_the_persons_with_the_managers_name_on_it(self, saathi, lotus, asha, words):
        answer = saathi.post("/consents", saathi.passes_on(asha, "given", OFFERS, **words))

        line = ConsentEvent.objects.get()
        assert (answer.status_code, answer.json()["receipt"]["given_by"]) == (
            201,
            "consent_manager",
        )
        assert (line.state, line.method, line.given_by) == (
            "given",
            "consent_manager",
            "consent_manager",
        )
        assert (line.actor_type, line.actor_id) == ("service", str(saathi.manager.id))
        assert line.evidence["manager"] == str(saathi.manager.id)
        assert line.evidence["mandate"] == "ART-1"
        assert line.notice_sha256

    @pytest.mark.parametrize("lacking", ["notice", "language", "mandate", "request_id", "state"])
    def test_a_yes_says_everything_or_nothing_is_recorded(
        self, lacking, saathi, asha, words, unchanged
    ):
        said = saathi.passes_on(asha, "given", OFFERS, **words)
        del said[lacking]
        unchanged()

        problem(saathi.post("/consents", said), 400, "invalid")

    def test_a_refusal_and_a_second_thought(self, saathi, lotus, asha, words):
        saathi.post("/consents", saathi.passes_on(asha, "refused", OFFERS))
        assert now(lotus, asha) is State.REFUSED

        saathi.post("/consents", saathi.passes_on(asha, "given", OFFERS, **words))
        assert now(lotus, asha) is State.GIVEN

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"purpose": "no.such"}, 422, "purpose_unknown"),
            ({"notice": str(uuid4())}, 422, "notice_not_in_force"),
            ({"language": "ta"}, 422, "notice_not_in_force"),
            ({"subject": str(uuid4())}, 404, "subject_unknown"),
            ({"state": "revoked"}, 400, "invalid"),
            ({"mandate": "she said: yes, of course"}, 400, "invalid"),
            ({"content": "what was shared"}, 400, "invalid"),
        ],
    )
    def test_bad_input_has_a_name_and_leaves_nothing(
        self, change, status, code, saathi, asha, words, unchanged
    ):
        said = {**saathi.passes_on(asha, "given", OFFERS, **words), **change}
        unchanged()

        problem(saathi.post("/consents", said), status, code)
        assert not ManagerRequest.objects.exists()


class TestWithdrawing:
    @pytest.mark.req("CON-15")
    def test_ends_a_consent_that_was_given_directly(self, saathi, lotus, asha):
        given = lotus.yes(asha)

        answer = saathi.post("/consents", saathi.passes_on(asha, "withdrawn", OFFERS))

        line = ConsentEvent.objects.get(pk=answer.json()["id"])
        assert now(lotus, asha) is State.WITHDRAWN
        assert (line.state, line.sequence) == ("withdrawn", given.sequence + 1)

    def test_equals_a_direct_withdrawal_in_all_but_who_brought_it(self, saathi, lotus, asha):
        bela = lotus.person("bela@example.in")
        for person in (asha, bela):
            lotus.yes(person)
        direct = consent.withdraw(
            by=FIRST, controller_id=lotus.id, subject_id=bela.id, purpose=OFFERS, method="portal"
        )

        answer = saathi.post("/consents", saathi.passes_on(asha, "withdrawn", OFFERS))

        through = ConsentEvent.objects.get(pk=answer.json()["id"])
        same = ("state", "sequence", "purpose_id", "purpose_version", "notice_version_id",
                "language", "notice_sha256", "expires_at")  # fmt: skip
        assert [getattr(through, one) for one in same] == [getattr(direct, one) for one in same]

    def test_again_gives_the_first_line(self, saathi, lotus, asha):
        lotus.yes(asha)
        first = saathi.post("/consents", saathi.passes_on(asha, "withdrawn", OFFERS)).json()

        again = saathi.post("/consents", saathi.passes_on(asha, "withdrawn", OFFERS)).json()

        assert again["id"] == first["id"]
        assert ConsentEvent.objects.count() == 2

    def test_of_what_never_was_is_refused(self, saathi, asha, unchanged):
        unchanged()

        problem(
            saathi.post("/consents", saathi.passes_on(asha, "withdrawn", OFFERS)),
            404, "consent_missing",
        )  # fmt: skip

    def test_ends_here_what_was_given_through_the_manager(self, saathi, lotus, asha, words):
        saathi.post("/consents", saathi.passes_on(asha, "given", OFFERS, **words))

        consent.withdraw(
            by=FIRST, controller_id=lotus.id, subject_id=asha.id, purpose=OFFERS, method="portal"
        )

        assert now(lotus, asha) is State.WITHDRAWN


class TestRepeating:
    @pytest.mark.req("CON-30")
    def test_the_same_request_has_one_effect_and_one_answer(self, saathi, asha, words):
        said = saathi.passes_on(asha, "given", OFFERS, **words)

        first, again = saathi.post("/consents", said), saathi.post("/consents", said)

        assert first.json()["id"] == again.json()["id"]
        assert ConsentEvent.objects.count() == 1

    def test_a_yes_that_is_replayed_after_a_withdrawal_changes_nothing(
        self, saathi, lotus, asha, words
    ):
        body = json.dumps(saathi.passes_on(asha, "given", OFFERS, **words)).encode()
        headers = saathi.headers("POST", f"{V1}/consents", body)
        assert saathi.send("/consents", body, headers).status_code == 201
        saathi.post("/consents", saathi.passes_on(asha, "withdrawn", OFFERS))

        saathi.send("/consents", body, headers)

        assert now(lotus, asha) is State.WITHDRAWN

    def test_an_id_with_another_body_is_refused(self, saathi, lotus, asha, words):
        said = saathi.passes_on(asha, "given", OFFERS, **words)
        saathi.post("/consents", said)

        problem(saathi.post("/consents", {**said, "state": "withdrawn"}), 409, "request_id_reused")
        assert now(lotus, asha) is State.GIVEN

    def test_ids_of_two_managers_do_not_meet(self, saathi, lotus, asha, words):
        other = entered(lotus, "mitra")
        said = saathi.passes_on(asha, "given", OFFERS, **words)
        saathi.post("/consents", said)

        answer = other.post("/consents", {**said, "state": "withdrawn"})

        assert answer.status_code == 201
        assert now(lotus, asha) is State.WITHDRAWN

    def test_what_was_received_cannot_be_changed(self, saathi, asha, words):
        saathi.post("/consents", saathi.passes_on(asha, "given", OFFERS, **words))

        with pytest.raises(DatabaseError), transaction.atomic():
            ManagerRequest.objects.update(request_id=uuid4())


class TestReviewing:
    @pytest.mark.req("P11")
    def test_shows_every_purpose_and_is_recorded_with_the_mandate(
        self, saathi, lotus, asha, entries
    ):
        lotus.yes(asha)

        answer = saathi.post("/review", {"subject": str(asha.id), "mandate": "ART-2"})

        told = {one["purpose"]: one["state"] for one in answer.json()["states"]}
        (read,) = entries("record:read")
        assert told[OFFERS] == "given"
        assert {MAPS, DELIVERY} <= told.keys()
        assert read.subject_id == asha.id
        assert '"mandate":"ART-2"' in str(payload(read.id)).replace("'", '"').replace(" ", "")

    def test_by_an_identifier_the_person_gave(self, saathi, lotus, asha):
        said = {"subject": "ASHA@example.in", "scheme": "email", "mandate": "ART-2"}

        assert saathi.post("/review", said).json()["subject"] == str(asha.id)

    def test_the_words_and_purposes_are_there_to_be_shown(self, saathi, lotus):
        words = saathi.get("/notices", f"purpose={OFFERS}&language=hi")
        purposes = saathi.get("/purposes")

        assert (words.status_code, words.json()["language"]) == (200, "hi")
        assert OFFERS in {one["code"] for one in purposes.json()["items"]}


class TestWhoIsRefused:
    def body(self, saathi, asha):
        return saathi.passes_on(asha, "refused", OFFERS)

    def test_nobody_without_a_signature(self, saathi, asha, unchanged):
        unchanged()
        body = json.dumps(self.body(saathi, asha)).encode()

        problem(saathi.send("/consents", body, {}), 401, "signature_invalid")

    def test_nobody_with_a_service_key(self, api, asha, saathi, unchanged):
        unchanged()

        problem(
            api.post("/consent-manager/consents", self.body(saathi, asha)), 401,
            "signature_invalid",
        )  # fmt: skip

    def test_a_manager_that_nobody_entered(self, saathi, asha, unchanged):
        stranger = Outside(None, saathi.key, Ed25519PrivateKey.from_private_bytes(b"s" * 32))
        unchanged()

        problem(stranger.post("/consents", self.body(saathi, asha)), 401, "signature_invalid")
        problem(
            stranger.post("/consents", self.body(saathi, asha), key_id=uuid4()),
            401, "signature_invalid",
        )  # fmt: skip

    def test_one_that_is_not_accepted_yet(self, lotus, asha, unchanged):
        waiting = entered(lotus, accepted=False)
        unchanged()

        problem(
            waiting.post("/consents", self.body(waiting, asha)), 403, "consent_manager_not_active"
        )

    def test_a_suspended_one_until_it_is_accepted_again(self, saathi, lotus, asha):
        lotus.yes(asha)
        consent.suspend_manager(by=SECOND, manager=saathi.manager, reason="complaints")

        for path, said in (
            ("/consents", self.body(saathi, asha)),
            ("/review", {"subject": str(asha.id), "mandate": "A"}),
        ):
            problem(saathi.post(path, said), 403, "consent_manager_not_active")
        assert now(lotus, asha) is State.GIVEN

        consent.accept_manager(by=SECOND, manager=saathi.manager)
        assert saathi.post("/consents", self.body(saathi, asha)).status_code == 201

    @pytest.mark.parametrize("seconds", [-400, 400])
    def test_a_request_of_another_time(self, seconds, saathi, asha, unchanged):
        unchanged()

        answer = saathi.post(
            "/consents", self.body(saathi, asha), created=int(time.time()) + seconds
        )

        problem(answer, 401, "signature_invalid")

    def test_a_request_to_another_host(self, saathi, asha, unchanged):
        unchanged()

        answer = saathi.post("/consents", self.body(saathi, asha), host="elsewhere.example")

        problem(answer, 401, "signature_invalid")

    def test_a_key_that_was_revoked(self, saathi, asha, unchanged):
        consent.revoke_manager_key(by=FIRST, key=saathi.key)
        unchanged()

        problem(saathi.post("/consents", self.body(saathi, asha)), 401, "signature_invalid")

    @pytest.mark.req("P9")
    def test_one_of_another_company_finds_nobody_here(self, tulip, asha, unchanged):
        foreign = entered(tulip)
        unchanged()

        problem(foreign.post("/consents", self.body(foreign, asha)), 404, "subject_unknown")

    @pytest.mark.parametrize("member", ["given_by", "method"])
    def test_a_service_that_says_it_speaks_for_one(self, member, api, asha, unchanged):
        unchanged()

        answer = api.post("/consents", {**least(asha), member: "consent_manager"})

        problem(answer, 403, "consent_manager_not_active")


@pytest.mark.req("CON-02")
class TestEntering:
    def test_takes_two_people(self, lotus):
        manager = entered(lotus, accepted=False).manager

        with pytest.raises(SecondPersonError):
            consent.accept_manager(by=FIRST, manager=manager)
        consent.accept_manager(by=SECOND, manager=manager)
        with pytest.raises(ManagerStateError):
            consent.accept_manager(by=SECOND, manager=manager)

    def test_the_database_knows_no_manager_accepted_by_who_entered_it(self, saathi):
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentManager.objects.update(accepted_by="one")

    def test_at_most_two_keys_live_and_none_twice(self, saathi):
        second = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
        consent.add_manager_key(by=FIRST, manager=saathi.manager, public=public_of(second))

        for public in (public_of(Ed25519PrivateKey.from_private_bytes(b"3" * 32)), b"short"):
            with pytest.raises(ManagerKeyError):
                consent.add_manager_key(by=FIRST, manager=saathi.manager, public=public)
        consent.revoke_manager_key(by=FIRST, key=saathi.key)
        with pytest.raises(ManagerKeyError):
            consent.add_manager_key(
                by=FIRST, manager=saathi.manager, public=public_of(saathi.private)
            )

    def test_every_step_is_on_the_log(self, saathi, entries):
        consent.suspend_manager(by=SECOND, manager=saathi.manager, reason="complaints")
        consent.revoke_manager_key(by=FIRST, key=saathi.key)

        steps = ("registered", "accepted", "suspended", "key_added", "key_revoked")
        assert [len(entries(f"manager:{one}")) for one in steps] == [1] * 5
