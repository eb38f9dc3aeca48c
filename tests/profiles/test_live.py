"""Systems that are asked when somebody looks: all at once, each within its time, nothing kept."""

import time

import pytest

from profiles import live
from profiles.models import ProfileRecord
from registry import adapters, legal, services_systems
from registry.adapters import loop, resting
from registry.models import System
from subjects import services as subjects
from subjects.errors import SubjectUnknownError
from tests.profiles.intake_world import BY, make
from tests.registry.asked import KNOWN, Manners, answering, http

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]
    resting.forget()
    yield
    resting.forget()


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return lotus.person("CRM-1")


@pytest.fixture
def crm():
    with answering() as found:
        yield found


def heard(lotus, person, codes=("city", "tier", "points"), units=("",)):
    found = live.listen(controller_id=lotus.id, subject_id=person.id, codes=codes, units=units)
    return {one.source: one for one in found}


def values(one):
    return {code: observed.v for code, observed in one.values.items()}


def test_what_a_system_says_now_is_passed_on_and_kept_nowhere(lotus, asha, crm):
    http(lotus.controller, crm.url())

    found = heard(lotus, asha)["live"]

    assert values(found) == {"city": "Pune", "tier": "gold", "points": 12}
    assert not found.is_unavailable
    assert not ProfileRecord.objects.exists()


def test_without_live_systems_nothing_is_looked_up(lotus, asha, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert heard(lotus, asha) == {}
    with django_assert_num_queries(0):
        assert heard(lotus, asha, codes=()) == {}


def test_only_the_identifiers_it_finds_people_by_are_told(lotus, asha, crm):
    subjects.add_identifier(by=BY, subject=asha, scheme="email", value="asha@example.in")
    http(lotus.controller, crm.url())

    heard(lotus, asha)

    assert crm.heard[0][2]["identifiers"] == {"crm": "CRM-1"}


def test_a_person_it_could_not_find_is_not_asked_about(lotus, crm):
    http(lotus.controller, crm.url(), settings={"identify_by": ["phone"]})

    found = heard(lotus, lotus.person("CRM-7"))["live"]

    assert (values(found), found.reason, crm.heard) == ({}, "", [])


def test_nor_is_a_system_that_knows_nothing_of_what_is_wanted(lotus, asha, crm):
    http(lotus.controller, crm.url())

    assert heard(lotus, asha, codes=["email"]) == {}
    assert crm.heard == []


def test_another_units_system_is_not_asked(lotus, asha, crm):
    http(lotus.controller, crm.url(), unit="cards")

    assert heard(lotus, asha) == {}
    assert values(heard(lotus, asha, units=("", "cards"))["live"])["city"] == "Pune"


def test_a_value_that_is_not_of_its_kind_is_not_passed_on(lotus, asha, crm):
    crm.manners = Manners(said={"customer": {**KNOWN["customer"], "tier": "tin", "points": "x"}})
    http(lotus.controller, crm.url())

    found = heard(lotus, asha)["live"]

    assert values(found) == {"city": "Pune"}
    assert found.unfit == {"tier", "points"}


def test_one_that_knows_the_future_is_not_believed(lotus, asha, crm):
    crm.manners = Manners(said={**KNOWN, "changed": "2199-01-01T00:00:00Z"})
    http(lotus.controller, crm.url(), settings={"observed_at": "/changed"})

    assert heard(lotus, asha)["live"].reason == "time_unknown"


def test_all_are_asked_at_once_and_one_that_hangs_holds_up_nobody(lotus, asha, crm):
    http(lotus.controller, crm.url(), timeout_ms=400)
    with answering() as slow, answering() as slower:
        slow.manners = slower.manners = Manners(before_seconds=3)
        http(lotus.controller, slow.url(), code="slow", timeout_ms=400)
        http(lotus.controller, slower.url(), code="slower", timeout_ms=400)
        began = time.monotonic()

        found = heard(lotus, asha)

        assert time.monotonic() - began < 1.5
    assert values(found["live"])["city"] == "Pune"
    assert (found["slow"].reason, found["slower"].reason) == ("slow", "slow")


def test_an_adapter_that_cannot_be_stopped_holds_up_nobody_either(lotus, asha, crm, monkeypatch):
    http(lotus.controller, crm.url(), timeout_ms=100)

    async def stubborn(*_):
        while True:
            try:
                await loop.asyncio.sleep(2)
                return
            except loop.asyncio.CancelledError:
                continue

    monkeypatch.setattr(adapters.HttpAdapter, "read", stubborn)
    began = time.monotonic()

    assert heard(lotus, asha)["live"].reason == "slow"
    assert time.monotonic() - began < 1.0


def test_a_bug_of_an_adapter_is_an_unavailable_source(lotus, asha, crm, monkeypatch):
    http(lotus.controller, crm.url())

    async def broken(*_):
        raise RuntimeError("CRM-1")

    monkeypatch.setattr(adapters.HttpAdapter, "read", broken)

    assert heard(lotus, asha)["live"].reason == "failed"


def test_one_that_an_incident_stopped_is_not_asked(lotus, asha, crm):
    http(lotus.controller, crm.url())
    legal.freeze(by=BY, controller_id=lotus.id, kind="system", code="live", incident="INC-7")

    assert heard(lotus, asha)["live"].reason == "frozen"
    assert crm.heard == []


def test_a_secret_that_cannot_be_read_is_an_unavailable_source(lotus, asha, crm):
    system = http(lotus.controller, crm.url(), secret="s3cret")
    System.objects.filter(pk=system.pk).update(sealed_secret=b"x" * 60)

    assert heard(lotus, asha)["live"].reason == "secret_unreadable"
    assert crm.heard == []


def test_nobody_is_asked_about_whose_key_is_gone(lotus, asha, crm):
    http(lotus.controller, crm.url())
    subjects.destroy_key(by=BY, subject=asha)

    assert values(heard(lotus, asha)["live"]) == {}
    assert crm.heard == []


@pytest.mark.req("P9")
def test_nobody_of_another_company_and_no_system_of_theirs(lotus, asha, crm):
    tulip = make("tulip", "NL")
    http(tulip.controller, crm.url())

    assert heard(lotus, asha) == {}
    with pytest.raises(SubjectUnknownError):
        heard(tulip, asha)
    assert crm.heard == []


def test_a_retired_attribute_is_not_passed_on(lotus, asha, crm):
    from profiles.models import AttributeDefinition
    from profiles.services import defining

    http(lotus.controller, crm.url())
    city = AttributeDefinition.objects.get(controller_id=lotus.id, code="city")
    defining.retire_attribute(by=BY, definition=city)

    assert "city" not in values(heard(lotus, asha)["live"])


def test_a_system_that_is_paused_is_not_asked(lotus, asha, crm):
    system = http(lotus.controller, crm.url())
    services_systems.set_state(by=BY, system=system, state="paused")

    assert heard(lotus, asha) == {}
    assert crm.heard == []
