"""The generic HTTP connector: what an answer means is what a rule says, and nothing else."""

import pytest

from registry.connectors.contract import Act, Finding, Verb
from registry.connectors.http import HttpConnector
from registry.connectors.http_settings import read
from tests.registry.connectors.house import RAVI, check, person, probe, refused, status, tell

pytestmark = pytest.mark.req("ERA-07")
CONTROL = {"email": "control@example.in"}
NOT_FOUND = [{"status": [404], "at": "/code", "is": ["no_such_person"]}]


def settings(url="https://crm.example", **more):
    erase = {
        "path": ["erasures"], "body": {"email": "{email}", "key": "{key}"},
        "rules": {
            "done": [{"at": "/result", "is": ["deleted"]}],
            "accepted": [{"at": "/result", "is": ["queued"]}],
            "unknown": NOT_FOUND,
        },
        "reference": "/id",
    }  # fmt: skip
    state = {
        "path": ["erasures", "{reference}"], "method": "GET",
        "rules": {
            "done": [{"at": "/result", "is": ["deleted"]}],
            "accepted": [{"at": "/result", "is": ["queued"]}],
        },
    }  # fmt: skip
    look = {
        "path": ["people", "find"], "body": {"email": "{email}"},
        "rules": {
            "present": [{"at": "/person", "exists": True}], "absent": NOT_FOUND,
            "archived": [{"at": "/person/state", "is": ["archived"]}],
        },
    }  # fmt: skip
    given = {
        "url": url, "effect": "delete", "schemes": ["email"], "auth": "bearer",
        "honours_key": True, "tell": {"erase": erase}, "status": state, "probe": {"erase": look},
    }  # fmt: skip
    return given | more


def many(url, **more):
    """One call about many people, with an answer for each."""
    erase = {
        "path": ["erasures"], "body": {"people": "{each}"},
        "each": {"email": "{email}", "key": "{key}"}, "items": "/results", "item_key": "/key",
        "rules": {"done": [{"at": "/result", "is": ["deleted"]}]},
    }  # fmt: skip
    look = {
        "path": ["people", "find"], "body": {"emails": "{each}"}, "each": "{email}",
        "items": "/found", "item_key": "/email", "item_is": "{email}", "unlisted": "absent",
        "rules": {"present": [{"at": "/email", "exists": True}]},
    }  # fmt: skip
    given = {
        "url": url, "effect": "delete", "schemes": ["email"], "batch": 50,
        "control": {"email": "control@example.in"},
        "tell": {"erase": erase}, "probe": {"erase": look},
    }  # fmt: skip
    return HttpConnector(read(given | more))


def connector(system, **more):
    return HttpConnector(read(settings(system.url + "/privacy", **more)), "s3cret")


class TestTelling:
    def test_the_identifier_travels_in_the_body_and_the_secret_in_a_header(self, system):
        system.say(200, {"result": "deleted"})

        [said] = tell(connector(system), person())

        [heard] = system.heard
        assert (said.act, said.step) == (Act.DONE, person().step)
        assert heard.path == "/privacy/erasures"
        assert heard.body == {"email": "asha@example.in", "key": person().key}
        assert heard.headers["authorization"] == "Bearer s3cret"

    def test_what_was_accepted_is_asked_for_by_its_reference(self, system):
        system.say(202, {"result": "queued", "id": "r/1"})
        [said] = tell(connector(system), person())
        system.say(200, {"result": "deleted"})

        [then] = status(connector(system), person(reference=said.reference))

        assert (said.act, said.reference, then.act) == (Act.ACCEPTED, "r/1", Act.DONE)
        assert system.heard[-1].path == "/privacy/erasures/r%2F1"

    def test_a_reference_that_leads_elsewhere_is_refused(self, system):
        system.say(202, {"result": "queued", "id": ".."})
        [said] = tell(connector(system), person())

        error = refused(lambda: status(connector(system), person(reference=said.reference)))

        assert (error.code, error.retry) == ("path_refused", False)

    def test_accepted_without_a_reference_is_not_accepted(self, system):
        system.say(202, {"result": "queued"})

        [said] = tell(connector(system), person())

        assert (said.act, said.code) == (Act.RETRY, "reference_missing")

    def test_nobody_of_these_identifiers(self, system):
        system.say(404, {"code": "no_such_person"})

        [said] = tell(connector(system), person())

        assert said.act is Act.UNKNOWN_PERSON

    def test_a_404_without_the_words_of_the_system_is_a_wrong_address(self, system):
        system.say(404, {"code": "no_route"})

        [said] = tell(connector(system), person())

        assert (said.act, said.code) == (Act.RETRY, "answer_not_understood")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"error": "quota", "result": "deleted"}, "answer_says_error"),
            ({"errors": [{"message": "x"}]}, "answer_says_error"),
            ({"result": "failed"}, "answer_not_understood"),
            ({}, "answer_not_understood"),
            (None, "answer_not_understood"),
            ([], "answer_not_understood"),
        ],
    )
    def test_a_200_whose_body_is_an_error_is_not_done(self, system, body, code):
        system.say(200, body)

        [said] = tell(connector(system), person())

        assert (said.act, said.code) == (Act.RETRY, code)

    def test_a_200_that_is_a_page_is_not_done(self, system):
        system.say(200, b"<html>Maintenance</html>")

        error = refused(lambda: tell(connector(system), person()))

        assert (error.code, error.retry) == ("answer_malformed", True)

    def test_every_identifier_of_a_person_is_told_under_a_key_of_its_own(self, system):
        system.say(200, {"result": "deleted"})
        two = person(identifiers={"email": ("asha@example.in", "a@example.in")})

        [said] = tell(connector(system), two)

        assert said.act is Act.DONE
        assert [one.body["email"] for one in system.heard] == ["asha@example.in", "a@example.in"]
        assert len({one.body["key"] for one in system.heard}) == 2

    def test_of_several_identifiers_the_worst_answer_counts(self, system):
        answers = iter([(200, {"result": "deleted"}, {}), (200, {"result": "no"}, {})])
        system.answer = lambda heard: next(answers)
        two = person(identifiers={"email": ("asha@example.in", "a@example.in")})

        [said] = tell(connector(system), two)

        assert said.act is Act.RETRY

    def test_who_has_none_of_its_identifiers_waits_for_an_officer(self, system):
        [said] = tell(connector(system), person(identifiers={"phone": ("+919800000001",)}))

        assert (said.act, said.code, system.heard) == (Act.REFUSED, "no_identifier", [])

    def test_an_identifier_that_looks_like_a_place_stays_a_text(self, system):
        system.say(200, {"result": "deleted"})

        tell(connector(system), person(identifiers={"email": ("{key}",)}))

        assert system.heard[0].body["email"] == "{key}"

    def test_a_verb_without_a_call_is_an_error(self, system):
        assert refused(lambda: tell(connector(system), person(), verb=Verb.LIFT)).code == (
            "verb_unknown"
        )

    def test_evidence_is_a_status_and_a_digest(self, system):
        system.say(200, {"result": "deleted", "email": "asha@example.in"})

        [said] = tell(connector(system), person())

        assert said.evidence["status"] == 200
        assert set(said.evidence) == {"status", "answer_sha256"}
        assert "asha" not in repr(said)


class TestErrors:
    @pytest.mark.parametrize(
        ("number", "code", "retry"),
        [
            (401, "credentials_refused", False),
            (403, "credentials_refused", False),
            (302, "redirected", False),
            (400, "status_400", False),
            (503, "status_503", True),
            (423, "not_now", True),
        ],
    )
    def test_each_has_a_name(self, system, number, code, retry):
        system.say(number, {"result": "deleted"}, Location="http://127.0.0.1:1/")

        error = refused(lambda: tell(connector(system), person()))

        assert (error.code, error.retry) == (code, retry)
        assert len(system.heard) == 1

    def test_a_limit_says_how_long_to_wait(self, system):
        system.say(429, None, Retry_After="120")

        error = refused(lambda: tell(connector(system), person()))

        assert (error.code, error.retry, error.wait_seconds) == ("too_many_requests", True, 120.0)

    def test_a_wait_has_an_end(self, system):
        system.say(503, None, Retry_After="99999999999")

        assert refused(lambda: tell(connector(system), person())).wait_seconds == 7 * 86_400

    def test_a_long_answer_is_not_read_to_its_end(self, system):
        system.say(200, b" " * 1_100_000)

        assert refused(lambda: tell(connector(system), person())).code == "answer_too_long"

    def test_a_system_that_hangs_is_let_go(self, system):
        system.answer = lambda heard: (__import__("time").sleep(0.6), (200, {}, {}))[1]

        error = refused(lambda: tell(connector(system, timeout_seconds=0.2), person()))

        assert (error.code, error.retry, error.reached) == ("too_slow", True, True)

    def test_nobody_listens(self, inside):
        dead = HttpConnector(read(settings("http://127.0.0.1:9")))

        error = refused(lambda: tell(dead, person()))
        assert (error.code, error.reached) == ("unreachable", False)

    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/x", "http://localhost/x", "https://10.0.0.8/x", "https://[::1]/x",
            "https://169.254.169.254/latest", "http://crm.example/x", "https://a:b@crm.example/",
        ],
    )  # fmt: skip
    def test_a_private_address_is_never_called(self, url):
        error = refused(lambda: tell(HttpConnector(read(settings(url))), person()))

        assert (error.code, error.retry) == ("address_refused", False)


class TestBatches:
    def test_one_call_tells_many_and_each_is_answered_by_its_key(self, system):
        system.answer = lambda heard: (
            200,
            {"results": [
                {"key": one["key"], "result": "deleted" if "asha" in one["email"] else "no"}
                for one in reversed(heard.body["people"])
            ]},
            {},
        )  # fmt: skip
        ravi = person(RAVI, identifiers={"email": ("ravi@example.in",)})

        said = tell(many(system.url), person(), ravi)

        assert [one.act for one in said] == [Act.DONE, Act.RETRY]
        assert [one.step for one in said] == [person().step, ravi.step]
        assert len(system.heard) == 1

    def test_who_is_not_in_the_answer_is_not_done(self, system):
        system.say(200, {"results": []})

        [said] = tell(many(system.url), person())

        assert (said.act, said.code) == (Act.RETRY, "answer_not_understood")

    def test_who_is_left_out_of_a_list_is_absent_whatever_the_case_of_letters(self, system):
        system.say(200, {"found": [{"email": "Asha@Example.in"}, CONTROL]})
        ravi = person(RAVI, identifiers={"email": ("ravi@example.in",)})

        found = probe(many(system.url), person(), ravi)

        assert [one.finding for one in found] == [Finding.PRESENT, Finding.ABSENT]

    def test_a_list_without_somebody_who_is_known_to_be_there_proves_nothing(self, system):
        system.say(200, {"found": []})

        [found] = probe(many(system.url), person())

        assert (found.finding, found.code) == (Finding.UNSURE, "control_absent")
        assert system.heard[0].body == {"emails": ["asha@example.in", "control@example.in"]}

    @pytest.mark.parametrize(
        "body", [{}, {"found": None}, {"error": "x", "found": [CONTROL]}, None]
    )
    def test_without_the_list_nothing_follows(self, system, body):
        system.say(200, body)

        [found] = probe(many(system.url), person())

        assert found.finding is Finding.UNSURE


class TestLooking:
    @pytest.mark.parametrize(
        ("number", "body", "finding"),
        [
            (404, {"code": "no_such_person"}, Finding.ABSENT),
            (404, {"code": "no_route"}, Finding.UNSURE),
            (200, {"person": {"id": 1}}, Finding.PRESENT),
            (200, {"error": "x"}, Finding.UNSURE),
            (200, {}, Finding.UNSURE),
        ],
    )
    def test_absent_is_only_what_the_system_says_in_its_own_words(
        self, system, number, body, finding
    ):
        system.say(number, body)

        [found] = probe(connector(system), person())

        assert found.finding is finding

    def test_one_identifier_that_is_still_there_is_enough(self, system):
        answers = iter([(404, {"code": "no_such_person"}, {}), (200, {"person": {}}, {})])
        system.answer = lambda heard: next(answers)

        [found] = probe(
            connector(system), person(identifiers={"email": ("asha@example.in", "a@example.in")})
        )

        assert found.finding is Finding.PRESENT

    def test_no_identifier_no_finding(self, system):
        [found] = probe(connector(system), person(identifiers={}))

        assert (found.finding, found.code) == (Finding.UNSURE, "no_identifier")


class TestChecking:
    def test_a_stranger_must_not_be_found(self, system):
        system.say(200, {"person": {"id": 1}})

        assert check(connector(system)) == ["stranger_present"]

    def test_somebody_known_must_be(self, system):
        system.say(404, {"code": "no_such_person"})

        assert check(connector(system, control={"email": "control@example.in"})) == [
            "control_absent"
        ]

    def test_it_fits(self, system):
        system.answer = lambda heard: (
            (200, {"person": {}}, {})
            if heard.body["email"] == "control@example.in"
            else (404, {"code": "no_such_person"}, {})
        )

        assert check(connector(system, control={"email": "control@example.in"})) == []

    def test_expired_credentials_have_a_name(self, system):
        system.say(401, None)

        assert check(connector(system)) == ["credentials_refused"]
