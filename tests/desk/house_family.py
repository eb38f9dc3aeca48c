"""Who stands to whom in the companies that officers' pages show."""

from django.utils import timezone

from audit.actors import Actor
from consent.models import GuardianAppointment, ParentalCheck
from subjects import provenance, relations

BY = Actor.system("house")


def cared_for(house, person):
    """Somebody was named as their parent, and a guardian appointed; both are over."""
    now = timezone.now()
    ParentalCheck.objects.create(
        controller_id=house.id, subject=person, parent_id=house.rows["Job"], begun_by="child",
        state="declined", outcome="not_the_parent", named_at=now, lapses_at=now, decided_at=now,
        decided_by="somebody",
    )  # fmt: skip
    GuardianAppointment.objects.create(
        controller_id=house.id, subject=person, guardian_id=house.rows["Job"], authority="court",
        issuer="District court", number="GC 113", appointed_on=now.date(), state="refused",
        recorded_at=now, recorded_by="one", decided_at=now, decided_by="another",
    )  # fmt: skip


def related(house, person):
    """The person holds an account together with somebody, and made their address public."""
    other = house.twins[0]
    relations.confirm(
        by=BY, subject=person, related_id=other.id, kind="joint_holder", verified_by="contract"
    )
    provenance.set_flag(
        by=BY, subject=person, kind="published", category="pd:EmailAddress", reference="Directory 7"
    )
