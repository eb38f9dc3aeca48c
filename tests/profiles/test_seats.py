"""Who reads in which role: named roles, seats given by somebody else, and their end (PRO-01)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import services as accounts
from audit.actors import Actor
from audit.models import EntryIndex
from audit.selectors import payload
from profiles import selectors_views as selectors
from profiles import services as profiles
from profiles.errors_views import (
    HolderUnknownError,
    OwnSeatError,
    RoleInUseError,
    RoleTakenError,
    RoleUnknownError,
    SeatEndedError,
    SeatEndError,
    SeatTakenError,
)
from profiles.models import ReaderRole, Seat
from tests.profiles import views_world
from tests.profiles.views_world import AUTHOR, BRANCH, CAMPAIGN, CONTACT, OFFERS, SURVEYS, rule

pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-01")]


@pytest.fixture
def lotus():
    return views_world.make()


@pytest.fixture
def olga(lotus):
    return views_world.officer(lotus)


def seat(lotus, holder, **more):
    given = {"role": BRANCH, "holder_type": "officer", "holder_id": str(holder.pk), **more}
    return profiles.grant_seat(by=AUTHOR, controller_id=lotus.id, **given)


class TestRoles:
    def test_are_named_once(self, lotus):
        with pytest.raises(RoleTakenError):
            profiles.create_role(by=AUTHOR, controller_id=lotus.id, code=BRANCH, name="Again")

    def test_of_two_companies_may_share_a_code(self, lotus):
        tulip = views_world.make("tulip", "Tulip Stores")

        assert tulip.roles[BRANCH].code == lotus.roles[BRANCH].code

    @pytest.mark.parametrize("wrong", [{"code": "no spaces"}, {"name": ""}, {"code": "x" * 61}])
    def test_have_a_code_and_a_name(self, lotus, wrong):
        with pytest.raises(ValidationError):
            profiles.create_role(
                by=AUTHOR, controller_id=lotus.id, **{"code": "agent", "name": "Agent"} | wrong
            )

    def test_go_out_of_use_once_nobody_sits_there(self, lotus, olga):
        given = seat(lotus, olga)
        with pytest.raises(RoleInUseError):
            profiles.retire_role(by=AUTHOR, role=lotus.roles[BRANCH])
        profiles.end_seat(by=AUTHOR, seat=given)

        retired = profiles.retire_role(by=AUTHOR, role=lotus.roles[BRANCH])

        assert [one.code for one in selectors.roles(lotus.id)] == [CAMPAIGN]
        for verb in (
            lambda: profiles.retire_role(by=AUTHOR, role=retired),
            lambda: seat(lotus, olga),
        ):
            with pytest.raises(RoleUnknownError):
                verb()

    def test_keep_their_code(self, lotus):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReaderRole.objects.filter(code=BRANCH).update(code="other")


class TestSeats:
    def test_let_somebody_read_in_a_role_at_a_unit(self, lotus, olga):
        given = seat(lotus, olga, unit="cards")

        assert list(selectors.seats_of(lotus.id, "officer", str(olga.pk))) == [given]
        entry = EntryIndex.objects.get(event="seat:granted")
        assert payload(entry.id)["data"] == {
            "holder": str(olga.pk), "type": "officer", "role": BRANCH, "unit": "cards",
        }  # fmt: skip

    def test_are_given_to_services_too(self, lotus):
        service = accounts.create_service(
            by=AUTHOR, controller_id=lotus.id, code="mailer", name="Mailer", purposes=[OFFERS]
        )

        given = seat(lotus, service, holder_type="service", role=CAMPAIGN)

        assert list(selectors.seats_of(lotus.id, "service", str(service.pk))) == [given]
        assert not selectors.seats_of(lotus.id, "officer", str(service.pk)).exists()

    def test_are_not_given_to_oneself(self, lotus, olga):
        with pytest.raises(OwnSeatError):
            profiles.grant_seat(
                by=Actor("officer", str(olga.pk)), controller_id=lotus.id, role=BRANCH,
                holder_type="officer", holder_id=str(olga.pk),
            )  # fmt: skip

    def test_are_not_given_to_strangers(self, lotus, olga):
        tulip = views_world.make("tulip", "Tulip Stores")

        with pytest.raises(HolderUnknownError):
            seat(tulip, olga)
        with pytest.raises(HolderUnknownError):
            seat(lotus, olga, holder_type="service")

    def test_of_a_role_of_another_company_do_not_exist(self, lotus, olga):
        tulip = views_world.make("tulip", "Tulip Stores")
        profiles.create_role(by=AUTHOR, controller_id=tulip.id, code="agent", name="Agent")

        with pytest.raises(RoleUnknownError):
            seat(lotus, olga, role="agent")

    def test_are_held_once_for_each_unit(self, lotus, olga):
        seat(lotus, olga, unit="cards")
        seat(lotus, olga, unit="loans")

        with pytest.raises(SeatTakenError):
            seat(lotus, olga, unit="cards")

    def test_may_have_an_end_from_the_start(self, lotus, olga):
        until = timezone.now() + timedelta(days=1)
        given = seat(lotus, olga, until=until)

        assert (given.ends_at, given.ended_by) == (until, AUTHOR.id)
        assert selectors.live_seats([lotus.id]).count() == 1
        with pytest.raises(SeatTakenError):
            seat(lotus, olga)

    def test_do_not_end_before_they_begin(self, lotus, olga):
        with pytest.raises(SeatEndError):
            seat(lotus, olga, until=timezone.now())

    def test_end_at_once_and_can_be_given_again(self, lotus, olga):
        given = seat(lotus, olga)

        profiles.end_seat(by=AUTHOR, seat=given)

        assert not selectors.seats_of(lotus.id, "officer", str(olga.pk)).exists()
        with pytest.raises(SeatEndedError):
            profiles.end_seat(by=AUTHOR, seat=given)
        assert seat(lotus, olga).pk != given.pk

    @pytest.mark.parametrize(
        "change", [{"unit": "cards"}, {"holder_id": "x"}, {"granted_by": "x"}], ids=str
    )
    def test_never_change(self, lotus, olga, change):
        given = seat(lotus, olga)

        with pytest.raises(DatabaseError), transaction.atomic():
            Seat.objects.filter(pk=given.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Seat.objects.filter(pk=given.pk).delete()

    def test_that_ended_stay_ended(self, lotus, olga):
        given = profiles.end_seat(by=AUTHOR, seat=seat(lotus, olga))

        with pytest.raises(DatabaseError), transaction.atomic():
            Seat.objects.filter(pk=given.pk).update(ends_at=None, ended_by="")

    @pytest.mark.req("P9")
    def test_join_no_rows_of_two_companies(self, lotus, olga):
        tulip = views_world.make("tulip", "Tulip Stores")

        with pytest.raises(DatabaseError), transaction.atomic():
            Seat.objects.create(
                controller_id=lotus.id, role=tulip.roles[BRANCH], holder_type="officer",
                holder_id=str(olga.pk), granted_by="x",
            )  # fmt: skip

    def test_show_something_for_the_purposes_of_their_rules(self, lotus, olga):
        given = seat(lotus, olga)
        lotus.in_force(
            rule("show"), rule("hide", purpose=SURVEYS),
            rule("show", role=CAMPAIGN, purpose=SURVEYS, category=CONTACT),
        )  # fmt: skip

        assert selectors.purposes_seen(lotus.id, [given]) == [OFFERS]

    def test_show_nothing_without_views_in_force(self, lotus, olga):
        given = seat(lotus, olga)
        lotus.draft(rule("show"))

        assert selectors.purposes_seen(lotus.id, [given]) == []
