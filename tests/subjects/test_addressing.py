"""Where a letter goes: recorded before it is read, and naming nobody who is gone."""

import pytest

from audit.actors import Actor, Target
from audit.models import EntryIndex
from subjects import selectors, services
from subjects.addressing import email_of
from tests.subjects.people import BY

pytestmark = [pytest.mark.django_db, pytest.mark.req("P6", "P11")]
POST = {"by": Actor.system("post"), "target": Target("message", "m-1")}


@pytest.fixture
def asha(lotus):
    found = (("crm", "C-1"), ("email", "asha@example.in"))
    new = services.NewSubject(identifiers=found)
    return services.create(by=BY, controller_id=lotus.id, new=new)


def told():
    rows = EntryIndex.objects.filter(event="identifier:revealed")
    return list(rows.values_list("actor_id", "target_id", "subject_id"))


def test_is_read_once_that_is_on_record(asha):
    assert email_of(subject=asha, **POST) == "asha@example.in"
    assert told() == [("post", "m-1", asha.id)]


def test_is_not_read_where_that_cannot_be_recorded(asha, monkeypatch):
    monkeypatch.setattr("audit.services.record", lambda **_: 1 / 0)
    read = []
    monkeypatch.setattr(selectors, "reveal", read.append)

    with pytest.raises(ZeroDivisionError):
        email_of(subject=asha, **POST)

    assert read == []


def test_names_nobody_whose_erasure_overtook_the_letter(asha):
    services.destroy_key(by=BY, subject=selectors.subject(asha.controller_id, asha.id))

    assert email_of(subject=asha, **POST) == ""
    assert told() == [("post", "m-1", None)]


def test_no_erasure_overtakes_it(asha, locked_first):
    email_of(subject=asha, **POST)

    assert locked_first("identifier:revealed", asha.id)


def test_is_none_of_somebody_without_any(lotus):
    new = services.NewSubject(identifiers=(("crm", "C-2"),))
    nobody = services.create(by=BY, controller_id=lotus.id, new=new)

    assert email_of(subject=nobody, **POST) == ""
