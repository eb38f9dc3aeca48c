"""From the opening of a case to its end, with nobody but ourselves to tell, through the engine."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit import sealing
from erasure import traces
from erasure.models import Case, Step
from erasure.services.opening import NewCase, open_case
from registry import services_systems as systems
from subjects import tombstones
from subjects.models import Identifier, Standing
from tests.erasure import own_world
from tests.erasure.own_world import EMAIL, NUMBER, PHONE, planted
from tests.factories.company import AUTHOR
from work import services as work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P6", "P7", "P8")]


def works():
    while work.run_available(worker="w", due_by=timezone.now() + timedelta(minutes=5)):
        pass


def test_a_case_about_what_we_hold_ends_verified(transactional_db):
    lotus = own_world.make()
    asha = planted(lotus)
    systems.set_state(by=AUTHOR, system=lotus.intake.source, state="retired")
    new = NewCase(subject_id=asha.id, trigger="request", trigger_ref="R-1")
    found = open_case(by=AUTHOR, controller_id=lotus.id, new=new)
    words = [EMAIL, PHONE, NUMBER]

    works()
    sealing.seal_all()

    (step,) = Step.objects.filter(case_id=found.case_id)
    assert (step.state, step.code) == ("absent", "")
    assert Case.objects.get(pk=found.case_id).state == "closed"
    assert Standing.objects.filter(subject_id=asha.id, state="erased", ended_at=None).exists()
    assert not Identifier.objects.filter(subject_id=asha.id).exists()
    assert set(tombstones.known(lotus.id, [("email", EMAIL)])) == {("email", EMAIL)}
    left = traces.look(traces.sought(lotus.id, asha.id, words))
    assert [one for one in left.found if one.is_wrong] == []
