"""Live sources in a profile: asked for what the reader may see, told where they do not answer."""

import pytest

from profiles import live
from profiles import services as profiles
from profiles.errors import SubjectNotFoundError
from profiles.fields import Why
from registry.adapters import resting
from tests.factories.company import OFFERS
from tests.factories.profiles import MONEY, house, rule
from tests.profiles.reading import entries, fields, values, whys
from tests.registry.asked import Manners, answering

MAP = {"email": "/email", "income": "/income", "diagnosis": "/diagnosis"}
SAID = {"email": "new@example.in", "income": 7, "diagnosis": "asthma"}


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]
    resting.forget()
    yield
    resting.forget()


@pytest.fixture
def core():
    with answering() as found:
        found.manners = Manners(said=SAID)
        yield found


@pytest.fixture
def lotus(transactional_db, core):
    """A company with a live core system; its service sees contact data and money, no health."""
    found = house()
    found.seat(found.service)
    found.shows(rule("show"), rule("bucket", category=MONEY))
    settings = {"url": core.url(), "identify_by": ["email"], "fields": MAP}
    found.source("core", kind="http", settings=settings, timeout_ms=2000)
    return found


def asked_about(core):
    return [sorted(body["attributes"]) for _, _, body in core.heard]


def test_what_it_says_now_is_shown_beside_what_is_stored(lotus, core):
    found = lotus.reads(lotus.person())

    email = fields(found)["email"]
    assert (email.value, email.source) == ("new@example.in", "core")
    assert (fields(found)["home"].source, fields(found)["income"].value) == ("crm", "0-9")
    assert {one.code: one.state for one in found.sources} == {"core": "ok", "crm": "ok"}
    assert len(entries()) == 1


@pytest.mark.req("PRO-01", "PRO-07")
def test_it_is_asked_for_no_more_than_the_reader_may_see(lotus, core):
    lotus.reads(lotus.person())

    assert asked_about(core) == [["email", "income"]]


@pytest.mark.req("P2")
def test_it_is_not_asked_about_who_said_no(lotus, core):
    person = lotus.person()
    lotus.company.withdraws(person)

    found = lotus.reads(person)

    assert values(found) == {}
    assert core.heard == []


@pytest.mark.req("PRO-06")
def test_it_is_not_asked_about_who_is_hidden(lotus, core):
    person = lotus.person()
    lotus.company.stands(person, "erasing")

    with pytest.raises(SubjectNotFoundError):
        lotus.reads(person)
    assert core.heard == []


def test_where_it_does_not_answer_the_view_says_so(lotus, core):
    core.manners = Manners(status=500)
    person = lotus.company.person()
    lotus.company.yes(person)
    lotus.holds(person, home="4 Lake Road")

    found = lotus.reads(person)

    assert whys(found)["email"] is Why.UNAVAILABLE
    assert values(found) == {"home": "4 Lake Road"}
    assert {one.code: one.state for one in found.sources} == {"core": "unavailable", "crm": "ok"}


def test_a_value_of_the_wrong_kind_is_unavailable(lotus, core):
    core.manners = Manners(said={**SAID, "income": "much"})
    person = lotus.company.person()
    lotus.company.yes(person)

    assert whys(lotus.reads(person))["income"] is Why.UNAVAILABLE


def test_a_withdrawal_while_it_thinks_is_heeded(lotus, core, monkeypatch):
    person = lotus.person()
    real = live.listen

    def withdrawn_meanwhile(**asked):
        found = real(**asked)
        lotus.company.withdraws(person)
        return found

    monkeypatch.setattr(live, "listen", withdrawn_meanwhile)

    assert values(lotus.reads(person)) == {}


def test_in_a_list_it_is_not_asked_and_the_list_says_so(lotus, core):
    person = lotus.company.person()
    lotus.company.yes(person)
    lotus.holds(person, home="4 Lake Road")

    (found,) = profiles.read_many(
        by=lotus.service, controller_id=lotus.id, subject_ids=[person.id], purpose=OFFERS
    )

    assert core.heard == []
    assert values(found) == {"home": "4 Lake Road"}
    assert whys(found)["email"] is Why.UNAVAILABLE
    assert {one.code: one.state for one in found.sources}["core"] == "not_asked"


def test_another_units_system_is_not_asked(lotus, core):
    lotus.source(
        "loans", unit="loans", kind="http",
        settings={"url": core.url(), "identify_by": ["email"], "fields": {"home": "/home"}},
    )  # fmt: skip

    lotus.reads(lotus.person())

    assert asked_about(core) == [["email", "income"]]
