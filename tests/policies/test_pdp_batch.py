"""Many questions in one message: order, defaults, semantics, and one bad item among good ones."""

import pytest

from consent.transitions import State
from tests.factories.company import EVALUATIONS

EMAIL = "asha.rao@example.in"


@pytest.mark.req("BRD-CV2")
@pytest.mark.req("POL-02")
class TestABatch:
    def test_is_answered_in_order(self, http, lotus, asha):
        ravi = lotus.person("ravi@example.in")
        lotus.records(ravi, State.REFUSED)
        people = [asha, ravi, "nobody", ravi, asha] * 30

        answer = many(http, lotus, [lotus.question(one) for one in people])

        expected = {asha: "PERMIT_IN:consent", ravi: "CONSENT_REFUSED", "nobody": "SUBJECT_UNKNOWN"}
        assert reasons(answer) == [expected[one] for one in people]

    def test_takes_absent_members_from_the_top_whole_object_by_whole_object(
        self, http, lotus, asha
    ):
        top = lotus.question(asha)
        items = [
            {}, {"resource": {"type": "customer", "id": "nobody"}},
            {"action": {"name": "activate"}},  # not merged: this action names no purpose
            {"subject": {"type": "service", "id": "other"}},
        ]  # fmt: skip

        answer = many(http, lotus, items, **top)

        assert reasons(answer) == [
            "PERMIT_IN:consent", "SUBJECT_UNKNOWN", "PURPOSE_UNKNOWN", "CALLER_NOT_AUTHORISED",
        ]  # fmt: skip

    def test_denies_one_bad_item_and_goes_on(self, http, lotus, asha):
        good = lotus.question(asha)
        bad = [{**good, "action": {"name": 5}}, {"subject": good["subject"]}, EMAIL, None, {}]

        answer = many(http, lotus, [good, *bad, good])

        found = answer.json()["evaluations"]
        assert [one["decision"] for one in found] == [True, *[False] * 5, True]
        for one in found[1:6]:
            assert one["context"]["reason_code"] == "INVALID_REQUEST"
            assert one["context"]["error"]["status"] == 400
        assert EMAIL not in answer.text

    @pytest.mark.parametrize(
        ("semantic", "expected"),
        [
            ("execute_all", [True, False, True, False]),
            ("deny_on_first_deny", [True, False]),
            ("permit_on_first_permit", [True]),
        ],
    )
    def test_stops_as_its_semantic_says(self, http, lotus, asha, semantic, expected):
        items = [lotus.question(one) for one in (asha, "nobody", asha, "nobody")]

        answer = many(http, lotus, items, options={"evaluations_semantic": semantic})

        assert [one["decision"] for one in answer.json()["evaluations"]] == expected

    @pytest.mark.parametrize("place", [499, 500, 501, 1203])
    def test_stops_in_whichever_part_the_first_denial_is(self, http, lotus, asha, place):
        items = [lotus.question(asha)] * place + [lotus.question("nobody")] * 700

        answer = many(http, lotus, items, options={"evaluations_semantic": "deny_on_first_deny"})

        found = [one["decision"] for one in answer.json()["evaluations"]]
        assert found == [True] * place + [False]

    def test_records_nothing_that_it_did_not_answer(self, http, lotus, asha, superuser):
        items = [lotus.question(one) for one in ("nobody", asha, asha)]

        many(http, lotus, items, options={"evaluations_semantic": "deny_on_first_deny"})

        query = "SELECT count(*) FROM audit_entryindex WHERE event = 'decision:made'"
        assert superuser.execute(query).fetchone() == (1,)

    @pytest.mark.parametrize("body", [{}, {"evaluations": []}])
    def test_of_nothing_is_a_single_question(self, http, lotus, asha, body):
        answer = http.post(
            EVALUATIONS, json={**lotus.question(asha), **body}, headers=lotus.headers
        )

        assert answer.json()["decision"] is True

    @pytest.mark.slow
    def test_may_have_ten_thousand_items_and_not_one_more(self, http, lotus, asha):
        one = {"resource": {"type": "customer", "id": str(asha.id)}}
        top = lotus.question(asha)

        most = many(http, lotus, [one] * 10_000, **top)
        more = many(http, lotus, [one] * 10_001, **top)

        assert most.status_code == 200, most.text
        assert [each["decision"] for each in most.json()["evaluations"]] == [True] * 10_000
        assert more.status_code == 400
        assert "10000" in more.json()


def many(http, lotus, items, **top):
    body = {**top, "evaluations": items}
    return http.post(EVALUATIONS, json=body, headers=lotus.headers)


def reasons(answer):
    assert answer.status_code == 200, answer.text
    return [one["context"]["reason_code"] for one in answer.json()["evaluations"]]
