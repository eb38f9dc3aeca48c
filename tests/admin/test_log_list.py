"""The log's list in the admin: by key, by names, by words of reasons, and nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import EntryIndex
from audit.selectors import payload
from tests.audit.log import write
from tests.desk import house
from tests.portal.world import OFFERS

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/entryindex/"


def rows(answer):
    return [row.pk for row in answer.context["cl"].result_list]


def follow(desk, answer, way):
    return desk.get(LIST + getattr(answer.context["cl"], way))


def log(lotus, count, **parts):
    return sorted(write(count, controller_id=lotus.id, **parts), reverse=True)


class TestPages:
    def test_go_older_and_newer_by_key(self, desk, lotus):
        log(lotus, 120, event="standing:set")
        found = EntryIndex.objects.filter(controller_id=lotus.id, event="standing:set")
        ids = [*found.order_by("-id").values_list("id", flat=True)]

        first = desk.get(LIST, {"event": "standing:set"})
        second = follow(desk, first, "older_query")
        third = follow(desk, second, "older_query")
        back = follow(desk, third, "newer_query")

        assert [*rows(first), *rows(second), *rows(third)] == ids
        assert rows(back) == rows(second)
        assert 'rel="next"' in first.content.decode()
        assert 'rel="next"' not in third.content.decode()
        assert 'rel="prev"' not in first.content.decode()

    def test_count_nothing(self, desk, lotus):
        log(lotus, 60)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)

        on_the_log = [one["sql"] for one in queries if "audit_entryindex" in one["sql"]]
        assert on_the_log
        assert not [one for one in on_the_log if "COUNT(" in one.upper()]

    @pytest.mark.req("P9")
    def test_of_another_search_become_the_newest_of_this_one(self, desk, lotus, tulip):
        log(tulip, 60, event="standing:set")
        mine = log(lotus, 60, event="standing:set")
        both = house.officer(tulip, "tulips", "privacy_officer")
        foreign = house.signed_in(both).get(LIST, {"event": "standing:set"}).context["cl"]

        for query in (foreign.older_query, "?event=standing:set&cursor=nonsense"):
            answer = desk.get(LIST + query)
            assert rows(answer) == mine[:50]
            assert "here is the newest" in answer.content.decode()

    def test_begin_anew_with_another_filter(self, desk, lotus):
        log(lotus, 120)
        second = follow(desk, desk.get(LIST), "older_query")

        page = second.content.decode()

        assert "?outcome=deny" in page.replace("&amp;", "&")
        assert not [part for part in page.split('"') if "outcome" in part and "cursor" in part]


class TestFilters:
    def test_by_service_and_purpose_carry_their_names(self, desk, lotus, tulip):
        page = desk.get(LIST).content.decode()

        assert "Lotus Bazaar mailer" in page
        assert f"purpose={OFFERS}" in page
        assert "Tulip" not in page

    def test_by_service_purpose_person_and_outcome_find(self, desk, lotus):
        wanted = house.decide(lotus)
        log(lotus, 3)
        asked = [
            {"service": "01900000-0000-7000-8000-00000000aaaa"}, {"purpose": OFFERS},
            {"outcome": "deny"}, {"person": str(lotus.person.id)}, {"event": "decision:made"},
        ]  # fmt: skip

        found = [rows(desk.get(LIST, one)) for one in asked]

        assert [wanted in one for one in found] == [True] * 5
        assert [len(found[at]) for at in (0, 2, 4)] == [2, 2, 2]

    def test_by_what_is_no_person_finds_nobody(self, desk, lotus):
        assert rows(desk.get(LIST, {"person": "asha"})) == []

    @pytest.mark.req("P9")
    def test_by_a_person_of_another_company_find_nobody(self, desk, lotus, tulip):
        assert rows(desk.get(LIST, {"person": str(tulip.person.id), "period": "all"})) == []


class TestWordsOfReasons:
    def find(self, desk, words, query=""):
        return desk.post(f"{LIST}find/{query}", {"words": words}, follow=True)

    @pytest.mark.parametrize("words", ["CONSENT_WITHDRAWN", "withdrawn", "withdr", "Consent withd"])
    def test_find_entries_by_code_or_sentence(self, desk, lotus, words):
        wanted = house.decide(lotus, reason="CONSENT_WITHDRAWN")
        other = house.decide(lotus, reason="NO_MATCHING_RULE")

        answer = self.find(desk, words)

        assert wanted in rows(answer)
        assert other not in rows(answer)
        assert answer.redirect_chain[0][0].startswith(f"{LIST}?reason=")

    def test_keep_the_other_filters(self, desk, lotus):
        answer = self.find(desk, "withdrawn", "?outcome=deny&period=all&cursor=x")

        ((address, _),) = answer.redirect_chain
        assert {"outcome=deny", "period=all", "reason=withdrawn"} == set(
            address.partition("?")[2].split("&")
        )

    @pytest.mark.req("P10")
    def test_that_stand_in_none_are_kept_nowhere(self, desk, lotus, entries):
        answer = self.find(desk, "asha@lotus.example")

        assert answer.redirect_chain[0][0] == f"{LIST}?"
        assert "No reason has these words" in answer.content.decode()
        assert "asha" not in str([payload(one.id) for one in entries("list:viewed")])

    def test_are_sent_never_fetched(self, desk, lotus):
        assert desk.get(f"{LIST}find/").status_code == 405


def test_a_page_that_ended_early_says_so(desk, lotus, monkeypatch):
    from audit import search

    monkeypatch.setattr(search, "PATIENCE_SECONDS", -1)
    house.decide(lotus)

    page = desk.get(LIST, {"reason": "withdrawn", "period": "all"}).content.decode()

    assert "Searched back to" in page
    assert "Search on" in page
