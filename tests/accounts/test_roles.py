import pytest
from django.core.exceptions import ValidationError

from accounts import selectors, services
from accounts.errors import UnknownRoleError
from accounts.models import Controller
from accounts.roles import ROLES, Permission
from audit.models import EntryIndex
from keys.ids import SYSTEM_ID
from tests.subjects.people import BY, controller

pytestmark = pytest.mark.django_db

MATRIX = {
    "privacy_officer": {permission.value for permission in Permission},
    "auditor": {"view_people", "view_audit"},
    "operator": {"view_people", "record_consents", "manage_work"},
    "grievance_officer": {"view_people", "reveal_identifiers", "view_audit", "manage_rights"},
    "profile_reader": {"view_profiles"},
}


def assign(officer, company, role):
    services.assign_role(by=BY, officer=officer, controller=company, role=role)


def permissions(officer, company):
    return {one.value for one in Permission if selectors.may(officer, one, company.id)}


@pytest.mark.req("ADM-01")
class TestRoles:
    def test_these_are_all(self):
        assert set(MATRIX) == set(ROLES)

    @pytest.mark.req("P9")
    @pytest.mark.parametrize("role", MATRIX)
    def test_each_gives_exactly_its_permissions_and_at_that_controller_only(
        self, lotus, tulip, vera, role
    ):
        assert permissions(vera, lotus) == set()

        assign(vera, lotus, role)

        assert permissions(vera, lotus) == MATRIX[role]
        assert permissions(vera, tulip) == set()
        (duty,) = selectors.duties(vera)
        assert (duty.controller_id, duty.controller) == (lotus.id, "Lotus")
        assert duty.permissions == MATRIX[role]

    def test_several_add_up(self, lotus, tulip, vera):
        assign(vera, lotus, "auditor")
        assign(vera, lotus, "operator")
        assign(vera, tulip, "grievance_officer")

        assert permissions(vera, lotus) == MATRIX["auditor"] | MATRIX["operator"]
        assert permissions(vera, tulip) == MATRIX["grievance_officer"]
        assert selectors.roles_of(vera, [lotus.id, tulip.id]) == [
            (lotus.id, "auditor"), (lotus.id, "operator"), (tulip.id, "grievance_officer"),
        ]  # fmt: skip

    def test_one_that_is_taken_away_is_gone_at_once(self, lotus, vera, events):
        assign(vera, lotus, "auditor")
        services.remove_role(by=BY, officer=vera, controller=lotus, role="auditor")

        assert permissions(vera, lotus) == set()
        assert selectors.duties(vera) == []
        assert events()[-2:] == ["role:assigned", "role:removed"]

    @pytest.mark.parametrize("verb", [services.assign_role, services.remove_role])
    def test_one_that_does_not_exist_is_an_error(self, lotus, vera, events, verb):
        before = events()

        with pytest.raises(UnknownRoleError):
            verb(by=BY, officer=vera, controller=lotus, role="emperor")

        assert events() == before

    @pytest.mark.parametrize("flag", ["is_active", "is_staff"])
    def test_who_is_no_longer_staff_may_nothing(self, lotus, vera, flag):
        assign(vera, lotus, "privacy_officer")
        setattr(vera, flag, False)
        vera.save()

        assert permissions(vera, lotus) == set()
        assert selectors.duties(vera) == []

    def test_a_superuser_may_nothing_without_a_role(self, lotus, vera):
        """Django's flag opens no controller: duties come from roles, which are on the log."""
        vera.is_superuser = True
        vera.save()

        assert permissions(vera, lotus) == set()
        assert selectors.duties(vera) == []

    @pytest.mark.req("P9")
    def test_colleagues_are_those_of_the_same_controllers(self, lotus, tulip, vera):
        assign(vera, lotus, "auditor")

        assert list(selectors.officers_of([lotus.id])) == [vera]
        assert list(selectors.officers_of([tulip.id])) == []
        assert selectors.actor_names([tulip.id]) == {}
        assert selectors.actor_names([lotus.id]) == {str(vera.id): "vera"}


class TestOfficers:
    def test_one_is_made_without_any_role_and_is_on_the_systems_log(self, vera):
        assert (vera.is_staff, vera.is_superuser, vera.groups.count()) == (True, False, 0)
        assert EntryIndex.objects.get(event="officer:created").controller_id == SYSTEM_ID
        assert "one-two-three" not in vera.password


class TestControllers:
    @pytest.mark.parametrize("wrong", [{"country": "India"}, {"country": "in"}, {"slug": "a b"}])
    def test_what_cannot_be_is_refused_and_leaves_nothing(self, db, wrong):
        given = {"slug": "lotus", "country": "IN", **wrong}

        with pytest.raises(ValidationError):
            controller(**given)

        assert not Controller.objects.exists()
        assert not EntryIndex.objects.exists()

    def test_are_found_by_their_short_name(self, lotus, tulip):
        assert selectors.controller_by_slug("tulip") == tulip
        assert selectors.controller_by_slug("rose") is None
        assert selectors.controller(lotus.id) == lotus
        assert list(selectors.controllers()) == [lotus, tulip]
