"""States worked out anew from the ledger: equal to what is stored, whatever happened before."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from audit.actors import Actor
from audit.models import EntryIndex
from consent import services
from consent.models import ConsentEvent, ConsentState
from consent.services import rebuilding
from consent.services.rebuilding import rebuild
from consent.transitions import State
from tests.portal.world import MAPS, OFFERS, SURVEYS
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-12", "CON-30")]
BY = Actor.system("test")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def lived(company, asha):
    """People with every kind of past: renewed, withdrawn, refused, expired, late and imported."""
    bela = company.person("bela@example.in")
    company.yes(asha)
    company.yes(asha)
    company.answer(asha, OFFERS, State.WITHDRAWN)
    company.answer(asha, SURVEYS, State.REFUSED)
    company.yes(bela, expires_at=LONG_AGO + timedelta(days=9), event_at=LONG_AGO)
    services.expire_due()
    company.yes(bela, MAPS, is_explicit=True, language="hi")
    company.answer(bela, SURVEYS, State.GIVEN, method="import", is_import=True, event_at=LONG_AGO)
    return asha, bela


def spoil(purpose=OFFERS, **columns):
    assert ConsentState.objects.filter(purpose__code=purpose).update(**columns)


def run(*options):
    out, code = io.StringIO(), 0
    try:
        call_command("rebuild_states", *options, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def test_what_is_stored_is_what_the_ledger_says(lived):
    found = rebuild(by=BY)

    assert (found.faults, found.states) == (0, ConsentState.objects.count())
    assert found.lines == ConsentEvent.objects.count()
    assert found.from_ledger.hexdigest() == found.as_stored.hexdigest()


@pytest.mark.req("CON-31")
def test_people_who_were_joined_and_parted_stand_as_the_ledger_says(company, lived):
    one, other = company.person("one@example.in"), company.person("two@example.in")
    company.yes(one)
    company.answer(other, OFFERS, State.REFUSED)
    found = services.merge(
        by=BY, controller_id=company.id, kept_id=one.id, absorbed_id=other.id, reason="duplicate"
    )
    assert rebuild(by=BY).faults == 0

    services.split(by=BY, controller_id=company.id, merge_id=found.id, reason="mistake")

    assert rebuild(by=BY).faults == 0


def test_what_came_late_stands_where_it_belongs(company, asha):
    now = datetime.now(UTC)
    company.answer(asha, OFFERS, State.REFUSED, event_at=now - timedelta(minutes=1))
    company.yes(asha, event_at=now - timedelta(minutes=3))
    company.yes(asha, event_at=now - timedelta(minutes=2))

    assert ConsentState.objects.get(subject=asha).state not in {"given", "renewed"}
    assert rebuild(by=BY).faults == 0


@pytest.mark.parametrize("page", [1, 2, 3, 5, 9, 10])
def test_pages_of_any_size_come_to_the_same(lived, monkeypatch, page):
    whole = rebuild(by=BY)
    monkeypatch.setattr(rebuilding, "PAGE", page)

    found = rebuild(by=BY)

    assert (found.lines, found.states, found.faults) == (whole.lines, whole.states, 0)
    assert found.from_ledger.hexdigest() == whole.from_ledger.hexdigest()


@pytest.mark.parametrize("columns", [
    {"state": "given"}, {"sequence": 9}, {"is_provable": False}, {"language": "xx"},
    {"expires_at": LONG_AGO}, {"given_by": "parent"}, {"purpose_version": 7},
])  # fmt: skip
def test_a_changed_state_is_found(lived, columns):
    spoil(**columns)

    assert rebuild(by=BY).wrong >= 1


def test_checking_changes_nothing(lived):
    spoil(state="given")
    before = list(ConsentState.objects.order_by("id").values())

    rebuild(by=BY)

    assert list(ConsentState.objects.order_by("id").values()) == before
    assert not EntryIndex.objects.filter(event="state:rebuilt").exists()


def test_a_missing_state_is_written_again(lived, asha):
    ConsentState.objects.filter(subject=asha, purpose__code=SURVEYS).delete()

    found = rebuild(by=BY, is_writing=True)

    assert (found.missing, found.mended) == (1, 1)
    assert ConsentState.objects.get(subject=asha, purpose__code=SURVEYS).state == "refused"
    assert rebuild(by=BY).faults == 0


def test_a_state_on_no_line_is_taken_away(company, lived):
    cara = company.person("cara@example.in")
    like = ConsentState.objects.get(purpose__code=MAPS)
    like.pk, like.subject = None, cara
    like.id = ConsentState._meta.pk.get_default()
    like.save(force_insert=True)

    found = rebuild(by=BY, is_writing=True)

    assert (found.extra, found.mended) == (1, 1)
    assert not ConsentState.objects.filter(subject=cara).exists()


@pytest.mark.req("P2", "P5")
def test_a_yes_that_nobody_gave_is_mended_recorded_and_its_permits_end(lived, asha):
    spoil(state="given")
    jobs = Job.objects.count()

    found = rebuild(by=BY, is_writing=True)

    assert found.mended == found.wrong
    assert ConsentState.objects.get(subject=asha, purpose__code=OFFERS).state == "withdrawn"
    entry = EntryIndex.objects.filter(event="state:rebuilt", subject_id=asha.id).get()
    assert (entry.actor_id, entry.purpose) == ("test", OFFERS)
    assert Job.objects.count() > jobs
    assert rebuild(by=BY).faults == 0


def test_each_company_keeps_its_own(company, other, asha, lived):
    eva = other.person("eva@example.nl")
    other.yes(eva)
    ConsentState.objects.filter(subject=eva).update(state="refused")

    rebuild(by=BY, is_writing=True)

    entry = EntryIndex.objects.get(event="state:rebuilt")
    assert (entry.controller_id, entry.subject_id) == (other.id, eva.id)


def test_the_command_says_what_it_found_and_ends_so(lived):
    assert run()[0] == 0
    spoil(state="given")

    code, said = run("--check")
    assert code == 1
    assert "wrong" in said
    code, said = run("--write")
    assert code == 0
    assert "mended" in said
    assert run("--check")[0] == 0


def test_the_command_says_how_far_it_is_though_nobody_analysed_the_ledger(lived):
    """What the planner knows of a young ledger is nothing, and of a grown one too little."""
    said = run()[1]

    assert said.startswith("  [############################] 100 %  8 rows")


def test_nothing_at_all_is_equal_too(db):
    code, said = run()

    assert code == 0
    assert "0 lines, 0 states: 0 wrong" in said
