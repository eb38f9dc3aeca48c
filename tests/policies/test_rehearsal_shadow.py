"""A draft beside the version in force, on what is decided meanwhile: counted, never answered."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from policies.rehearsal import job as jobs
from policies.rehearsal import selectors, services
from policies.rehearsal.errors import NotRunningError, PeriodError, ShadowRunsError
from policies.rehearsal.models import RehearsalState
from policies.versions import selectors as versions
from tests.policies.rehearsing import NILS, OLGA, lines, rule
from work import services as work

pytestmark = [pytest.mark.req("POL-14")]


class TestTheShadow:
    @pytest.fixture(autouse=True)
    def settled(self, monkeypatch):
        """Records are looked at as soon as they are there."""
        monkeypatch.setattr(jobs, "SETTLED", timedelta(0))
        monkeypatch.setattr(jobs, "FOLLOWS_SECONDS", 0.01)

    def follow(self, rehearsal):
        for _ in range(3):
            time.sleep(0.03)  # longer than it waits between two looks
            work.run_available(worker="test", limit=1)
        rehearsal.refresh_from_db()
        return selectors.counted(rehearsal)

    def test_counts_what_comes_and_nothing_that_was(self, lotus, draft, asked):
        asked("before")
        draft(rule(channels=["sms"]))
        rehearsal = services.start_shadow(by=OLGA, controller_id=lotus.id, days=7)

        asked("asha")
        asked("bela", channel="email")
        first = self.follow(rehearsal)
        asked("chris")
        then = self.follow(rehearsal)

        assert first.flows == {"newly_denied": 1, "still_permitted": 1}
        assert then.flows == {"newly_denied": 2, "still_permitted": 1}
        assert rehearsal.parts.count() == 1
        assert len(lines(rehearsal)) == 2
        assert rehearsal.state == RehearsalState.RUNNING

    def test_is_no_rehearsal_of_the_draft(self, lotus, draft, asked):
        draft(rule())
        rehearsal = services.start_shadow(by=OLGA, controller_id=lotus.id, days=1)
        type(rehearsal).objects.update(until_at=datetime.now(UTC))

        self.follow(rehearsal)

        assert rehearsal.state == RehearsalState.FINISHED
        assert versions.draft(lotus.id).state == "draft"

    def test_ends_when_somebody_stops_it(self, lotus, draft, asked):
        draft(rule())
        rehearsal = services.start_shadow(by=OLGA, controller_id=lotus.id, days=1)
        services.stop(by=NILS, rehearsal=rehearsal)
        asked()

        assert self.follow(rehearsal).examined == 0
        assert rehearsal.state == RehearsalState.STOPPED
        with pytest.raises(NotRunningError):
            services.stop(by=NILS, rehearsal=rehearsal)

    def test_is_one_at_a_time(self, lotus, draft):
        draft(rule())
        services.start_shadow(by=OLGA, controller_id=lotus.id, days=1)

        with pytest.raises(ShadowRunsError):
            services.start_shadow(by=OLGA, controller_id=lotus.id, days=1)

    @pytest.mark.parametrize("days", [0, -1, 31])
    def test_ends_within_a_month(self, lotus, draft, days):
        draft(rule())

        with pytest.raises(PeriodError):
            services.start_shadow(by=OLGA, controller_id=lotus.id, days=days)
