"""What each role opens, and that nothing else opens anything (ADM-01, ADM-03)."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from accounts.roles import ROLES, Permission
from audit.console import RecordedAdmin, ScopedAdmin
from config.menu import PAGES
from tests.desk import house
from tests.portal.world import OFFERS
from work.admin import JobAdmin

pytestmark = [pytest.mark.django_db, pytest.mark.req("ADM-01")]

PEOPLE = {
    "Subject", "ConsentState", "ConsentEvent", "EmergencyUse", "Commitment", "ConsentExport",
    "GuardianAppointment", "Merge", "Message", "Objection", "ParentalCheck", "PersonalGround",
    "Restriction", "Disclosure", "Relationship", "Provenance",
}  # fmt: skip
LOG = {
    "EntryIndex", "User", "AIDecision", "Processing", "Export", "Recall", "Campaign", "Delivery",
    "Seat", "Request", "AccessBundle", "Case", "Step", "Certificate", "Hold", "InactivityNotice",
    "ShownEvidence", "VaultAccess", "Callback", "Tombstone", "Quarantined", "TrainingSet",
    "TrainingMember", "Audience", "Errand", "Gate", "Mark", "Pause",
}  # fmt: skip
GUARDED = {
    "ProfileRecord", "FormerRecord", "Reveal", "BreakGlass", "UnusualAccess", "FlaggedPerson",
    "ReaderPerson", "ReadingLimits", "VaultItem",
}  # fmt: skip
READERS = {"ProfileExport"}
ANYBODY = {model.__name__ for model, _ in house.admins()} - PEOPLE - LOG - GUARDED - READERS
SEES = {
    "privacy_officer": ANYBODY | PEOPLE | LOG | GUARDED | READERS,
    "auditor": ANYBODY | PEOPLE | LOG,
    "grievance_officer": ANYBODY | PEOPLE | LOG,
    "operator": ANYBODY | PEOPLE,
    "profile_reader": ANYBODY | READERS,
}
VERBS = [
    (model.__name__, verb)
    for model, found in house.admins()
    for verb in getattr(found, "verbs", ())
]
CREATIONS = [
    (model.__name__, found.creation)
    for model, found in house.admins()
    if getattr(found, "creation", None)
]


DELETE_SELECTED = {"action": "delete_selected", "post": "yes"}


def address(name, page, *args):
    model = house.model_named(name)
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def client_of(lotus):
    """A client signed in with this role at Lotus."""
    return lambda role: house.signed_in(house.officer(lotus, f"a-{role}", role))


@pytest.mark.parametrize("role", ROLES)
class TestEveryRole:
    def test_opens_its_lists_and_no_others(self, role, client_of):
        client = client_of(role)

        opened = {
            model.__name__
            for model, _ in house.admins()
            if client.get(address(model.__name__, "changelist")).status_code == 200
        }

        assert opened == SEES[role]

    def test_opens_its_verbs_and_no_others(self, role, client_of, lotus):
        client = client_of(role)
        held = ROLES[role].permissions

        wrong = [
            (name, verb.name)
            for name, verb in VERBS
            if name in SEES[role]
            and (client.get(address(name, "act", lotus.rows[name], verb.name)).status_code == 200)
            != (verb.permission in held)
        ]

        assert not wrong

    def test_adds_what_it_may_and_nothing_else(self, role, client_of):
        client = client_of(role)
        held = ROLES[role].permissions

        wrong = [
            name
            for name, verb in CREATIONS
            if (client.get(address(name, "add")).status_code == 200) != (verb.permission in held)
        ]

        assert not wrong

    def test_reveals_and_records_only_with_the_permission(self, role, client_of, lotus):
        client = client_of(role)
        held = ROLES[role].permissions
        person = lotus.person.id

        reveal = client.get(reverse("admin:reveal", args=[person])).status_code
        choice = client.get(reverse("admin:person_choice", args=[person, OFFERS])).status_code

        assert (reveal == 200) == (Permission.REVEAL_IDENTIFIERS in held)
        assert (choice == 200) == (Permission.RECORD_CONSENTS in held)


@pytest.mark.req("ADM-03")
class TestRawPosts:
    """Even the officer with every permission changes nothing but by verbs."""

    def test_change_nothing(self, desk, lotus, subtests):
        for name in sorted(SEES["privacy_officer"]):
            with subtests.test(name):
                before = snapshot()
                row = lotus.rows[name]
                model = house.model_named(name)
                fields = {field.name: "x" for field in model._meta.concrete_fields}

                all_of_them = {**DELETE_SELECTED, "_selected_action": [str(row)]}

                answers = [
                    desk.post(address(name, "change", row), {**fields, "_save": "1"}).status_code,
                    desk.post(address(name, "delete", row), {"post": "yes"}).status_code,
                    desk.post(address(name, "add"), fields).status_code,
                    desk.post(address(name, "changelist"), all_of_them).status_code,
                ]

                assert snapshot() == before
                assert set(answers[:2]) == {403}
                assert answers[2] in {403, 422}
                # 302 only where jobs can be revived; unknown actions do nothing
                assert answers[3] in {403, 302}

    def test_of_an_auditor_are_all_refused(self, auditor, lotus, subtests):
        for name in sorted(SEES["privacy_officer"]):
            with subtests.test(name):
                before = snapshot()
                row = lotus.rows[name]
                verbs = [verb.name for found, verb in VERBS if found == name]

                answers = [
                    auditor.post(address(name, page, row)).status_code
                    for page in ("change", "delete")
                ]
                answers += [
                    auditor.post(address(name, page)).status_code for page in ("add", "changelist")
                ]
                answers += [
                    auditor.post(address(name, "act", row, verb), {"days": 1}).status_code
                    for verb in verbs
                ]

                # auditors may ask for exports (AUD-09)
                own = {200, 422} if name == "Export" else set()
                unseen = {404} if name in GUARDED | READERS else set()
                assert set(answers) <= {403} | own | unseen
                assert snapshot() == before


def snapshot():
    """How many rows every table holds but those that note visits."""
    ours = [model for model in apps.get_models() if model._meta.managed]
    noted = {"Pending", "Payload", "EntryIndex", "Session"}
    tables = [model._meta.db_table for model in ours if model.__name__ not in noted]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in tables))
        return dict(cursor.fetchall())


class TestTheSite:
    @pytest.mark.req("ADM-03")
    def test_every_admin_stands_on_the_scoped_base(self):
        strangers = [
            model.__name__
            for model, found in house.admins()
            if not isinstance(found, ScopedAdmin | JobAdmin)
        ]

        assert not strangers, "Build it on audit.console.ScopedAdmin."

    @pytest.mark.req("P11")
    def test_every_admin_of_a_model_about_people_is_recorded(self):
        about = [
            found
            for model, found in house.admins()
            if model.__name__ == "Subject"
            or "subject_id" in {f.attname for f in model._meta.fields}
        ]

        assert len(about) >= 4
        assert not [found for found in about if not isinstance(found, RecordedAdmin)]

    @pytest.mark.req("P10")
    def test_no_admin_of_a_model_about_people_can_be_searched(self):
        found = [one for _, one in house.admins() if isinstance(one, RecordedAdmin)]

        assert found
        assert not [one for one in found if one.search_fields]

    def test_groups_and_permissions_are_not_in_the_admin(self):
        assert not {"Group", "Permission"} & {model.__name__ for model, _ in house.admins()}

    def test_the_menu_follows_an_officers_day(self, desk):
        page = desk.get("/admin/")

        names = [str(heading["name"]) for heading in page.context["app_list"]]
        listed = {
            model["object_name"] for app in page.context["app_list"] for model in app["models"]
        }
        assert names == [
            "People", "Consents", "Purposes and notices", "Profiles", "Requests and erasures",
            "Decisions and audit", "Services and parties", "Work",
        ]  # fmt: skip
        assert listed == {model.__name__ for model in admin.site._registry} | PAGES.keys()

    def test_staff_without_a_role_are_not_let_in(self, lotus):
        client = house.signed_in(house.officer(lotus, "new"))

        assert client.get("/admin/").status_code == 302
