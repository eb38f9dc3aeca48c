"""Records that are verified to be of two people are not joined."""

import pytest

from consent.models import Merge
from subjects import relations
from subjects import services as subjects
from subjects.errors import SubjectsRelatedError
from tests.portal.world import APPROVER

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-31")]
KINDS = ["household", "joint_holder", "account_holder", "employer", "guardian", "parent"]


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_stands_to_another_is_not_the_other(asha, guest, merge, kind):
    relations.confirm(
        by=APPROVER, subject=guest, related_id=asha.id, kind=kind, verified_by="contract"
    )

    for kept, absorbed in ((asha, guest), (guest, asha)):
        with pytest.raises(SubjectsRelatedError):
            merge(kept, absorbed)

    assert not Merge.objects.exists()


def test_a_mere_claim_keeps_nobody_apart(asha, guest, merge):
    subjects.relate(by=APPROVER, subject=guest, related_id=asha.id, kind="household")

    assert merge()


def test_once_the_mistake_is_ended_they_can_be_joined(asha, guest, merge):
    tie = {"subject": guest, "related_id": asha.id, "kind": "household"}
    relations.confirm(by=APPROVER, verified_by="visit", **tie)
    relations.end(by=APPROVER, **tie)

    assert merge()
