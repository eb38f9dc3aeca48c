"""Choices on devices: nothing but the essential by itself, and a refusal survives the sign-in."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import DeviceCategoryError
from consent.models import DeviceCategory, DeviceChoice
from consent.services.devices import VALID_DAYS
from subjects.errors import SubjectUnknownError
from tests.portal.world import AUTHOR

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-32")]
PHONE, LAPTOP = "phone-key-0123456789", "laptop-key-0123456789"
ALL = dict.fromkeys(DeviceCategory.values, True)
NONE = dict.fromkeys(DeviceCategory.values, False)


def choose(company, device=PHONE, person=None, **choices):
    more = {"is_signalled": choices.pop("is_signalled", False)}
    return services.choose_on_device(
        by=AUTHOR, controller_id=company.id, device=device, choices=choices, method="button",
        subject_id=person.id if person else None, **more,
    )  # fmt: skip


def join(company, person, device=PHONE):
    return services.join_device(
        by=AUTHOR, controller_id=company.id, device=device, subject_id=person.id
    )


def on(company, device=PHONE, person=None):
    return services.on_device(company.id, device, person.id if person else None)


def opted_out(company, person):
    found = selectors.objections(company.id, person.id)
    return [(one.kind, one.method) for one in found]


class TestOfADevice:
    @pytest.mark.req("BRD-CK1")
    def test_nothing_is_on_until_it_is_allowed(self, company):
        assert on(company) == NONE
        assert choose(company, functional=True, analytics=False) == {**NONE, "functional": True}
        assert on(company, LAPTOP) == NONE

    @pytest.mark.req("BRD-CK2")
    def test_it_can_be_changed_and_runs_out(self, company):
        choose(company, **ALL)
        assert choose(company, analytics=False) == {**ALL, "analytics": False}

        with time_machine.travel(timezone.now() + timedelta(days=VALID_DAYS), tick=False):
            assert on(company) == NONE

    def test_a_signal_keeps_advertising_off(self, company):
        assert choose(company, **ALL, is_signalled=True) == {**ALL, "advertising": False}

    @pytest.mark.parametrize("choices", [{}, {"essential": True}, {"analytics": True, "odd": True}])
    def test_of_no_or_an_unknown_category_is_refused(self, company, choices):
        with pytest.raises(DeviceCategoryError):
            choose(company, **choices)

        assert not DeviceChoice.objects.exists()

    @pytest.mark.req("P9", "P10")
    def test_the_key_is_kept_as_a_hash_that_no_other_company_shares(self, company, other):
        choose(company, analytics=True)
        choose(other, analytics=True)

        first, second = (bytes(row.device) for row in DeviceChoice.objects.order_by("id"))
        assert first != second
        assert PHONE.encode() not in first + second
        entries = EntryIndex.objects.filter(event="device:chosen")
        assert {entry.target_id for entry in entries} == {""}

    def test_those_that_have_run_out_are_forgotten(self, company, asha):
        choose(company, analytics=False)
        join(company, asha)

        with time_machine.travel(timezone.now() + timedelta(days=VALID_DAYS + 1), tick=False):
            assert services.forget_devices(limit=10) == 1

        assert [row.subject_id for row in DeviceChoice.objects.all()] == [asha.id]

    def test_belongs_to_a_device_or_a_person_and_never_to_both(self, company, asha):
        choose(company, analytics=False)

        with pytest.raises(IntegrityError, match="of_one"), transaction.atomic():
            DeviceChoice.objects.update(subject=asha)


class TestAtSignIn:
    def test_a_refusal_survives_on_every_device(self, company, asha):
        choose(company, analytics=False, functional=True)
        choose(company, LAPTOP, **ALL)

        join(company, asha)
        on_laptop = join(company, asha, LAPTOP)

        assert on_laptop == {**ALL, "analytics": False}
        assert on(company, LAPTOP) == ALL

    def test_a_yes_of_a_device_stays_the_devices(self, company, asha):
        choose(company, **ALL)

        join(company, asha)

        assert on(company, LAPTOP, asha) == NONE
        assert not DeviceChoice.objects.filter(subject=asha).exists()

    @pytest.mark.req("POL-20")
    def test_refused_advertising_becomes_an_opt_out(self, company, asha):
        choose(company, advertising=False)
        assert opted_out(company, asha) == []

        join(company, asha)

        assert opted_out(company, asha) == [("sale_sharing", "device")]

    def test_joining_again_changes_nothing(self, company, asha):
        choose(company, analytics=False)
        join(company, asha)
        entries = EntryIndex.objects.count()

        assert join(company, asha) == NONE
        assert EntryIndex.objects.count() == entries

    def test_what_the_person_allows_later_is_not_refused_by_the_old_device(self, company, asha):
        choose(company, analytics=False)
        join(company, asha)

        choose(company, LAPTOP, asha, analytics=True)
        join(company, asha)

        assert on(company, LAPTOP, asha)["analytics"] is True
        assert on(company, PHONE, asha)["analytics"] is False

    def test_a_later_refusal_on_a_device_counts_again(self, company, asha):
        choose(company, analytics=False)
        join(company, asha)
        choose(company, LAPTOP, asha, analytics=True)

        choose(company, analytics=False)
        join(company, asha)

        assert on(company, LAPTOP, asha)["analytics"] is False

    def test_an_allowed_advertising_lifts_no_opt_out(self, company, asha):
        services.hear_signal(by=AUTHOR, controller_id=company.id, subject_id=asha.id)

        assert choose(company, PHONE, asha, **ALL) == {**ALL, "advertising": False}
        assert opted_out(company, asha) == [("sale_sharing", "signal")]

    @pytest.mark.req("P9")
    def test_of_another_controllers_person_is_refused(self, company, other, asha):
        choose(other, analytics=False)

        with pytest.raises(SubjectUnknownError):
            join(other, asha)
        with pytest.raises(SubjectUnknownError):
            choose(other, PHONE, asha, analytics=False)


class TestASignal:
    def test_is_heard_once(self, company, asha):
        for _ in range(2):
            services.hear_signal(by=AUTHOR, controller_id=company.id, subject_id=asha.id)

        assert opted_out(company, asha) == [("sale_sharing", "signal")]
        assert EntryIndex.objects.filter(event="objection:registered").count() == 1

    def test_of_a_device_refuses_there_alone(self, company, asha):
        choose(company, **ALL)

        services.hear_signal(by=AUTHOR, controller_id=company.id, device=PHONE)

        assert on(company) == {**ALL, "advertising": False}
        assert opted_out(company, asha) == []

    def test_of_a_person_on_a_device_refuses_both(self, company, asha):
        services.hear_signal(by=AUTHOR, controller_id=company.id, device=PHONE, subject_id=asha.id)

        assert opted_out(company, asha) == [("sale_sharing", "signal")]


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["choose", "join"]), st.sampled_from([PHONE, LAPTOP]),
            st.sampled_from(DeviceCategory.values), st.booleans(),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_whatever_happens_on_devices_joining_never_widens(company, asha, steps):
    """Nobody signed in allows anything here, so a refusal that was joined is there for good."""
    DeviceChoice.objects.all().delete()
    refused_here, refused = {PHONE: set(), LAPTOP: set()}, set()
    for act, device, category, is_allowed in steps:
        if act == "choose":
            choose(company, device, **{category: is_allowed})
            if is_allowed:
                refused_here[device].discard(category)
            else:
                refused_here[device].add(category)
        else:
            before = on(company, device, asha)
            after = join(company, asha, device)
            refused |= refused_here[device]
            assert not [one for one in after if after[one] and not before[one]]

    for device in (PHONE, LAPTOP):
        allowed = on(company, device, asha)
        assert not [one for one in refused | refused_here[device] if allowed[one]]
