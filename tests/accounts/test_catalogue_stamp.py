"""What the decision point keeps in memory moves the stamp with it (docs/adr/0014)."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import selectors, services
from audit.actors import Actor
from policies.emergency.services import open_emergency
from profiles import services as profiles
from registry import services as registry
from registry.ai import ModelCard, record_model
from tests.factories import policies
from tests.portal import world
from tests.subjects.people import BY

pytestmark = [pytest.mark.django_db, pytest.mark.req("P2")]

OFFICER = Actor("officer", "01900000-0000-7000-8000-0000000000ff")
TABLES = {
    "accounts_controller", "accounts_serviceclient", "accounts_servicekey",
    "accounts_servicepurpose", "registry_party", "registry_serviceparty", "consent_purpose",
    "consent_purposeversion", "consent_notice", "consent_noticeversion", "consent_noticepurpose",
    "consent_contactplan", "consent_noticetranslation",
    "policies_policyversion", "policies_emergencyuse", "registry_aimodel", "registry_assessment",
    "registry_datacategory", "registry_freeze", "profiles_readerrole", "profiles_seat",
    "profiles_viewversion",
}  # fmt: skip
ATTACHED = """
    SELECT tgrelid::regclass::text, tgtype, tgenabled FROM pg_trigger
    WHERE tgfoid = 'sammati_catalogue_changed'::regproc
"""
AFTER_INSERT_UPDATE_DELETE_TRUNCATE = 4 | 8 | 16 | 32


@pytest.fixture
def company(db):
    found = world.make()
    service = services.create_service(
        by=BY, controller_id=found.id, code="mailer", name="Mailer", purposes=["a.b"]
    )
    services.issue_key(by=BY, service=service)
    party = registry.record_party(
        by=BY, controller_id=found.id, code="post", name="Post", kind="internal", country="IN"
    )
    registry.put_in_charge(by=BY, controller_id=found.id, service_id=service.id, party=party)
    legal_facts(found, service)
    views(found, service)
    world.consent.set_contact_plan(
        by=BY, purpose=found.versions[world.OFFERS].purpose, remind_days=[7], confirms=[]
    )
    world.consent.draft_notice(
        by=BY, controller_id=found.id, code="app", pack="IN",
        purposes=[found.versions[world.OFFERS]], translations={"en": {"title": "T"}},
    )  # fmt: skip
    world.consent.draft_purpose(
        by=BY, controller_id=found.id, code="brand.new", words=world.consent.Words(
            title="T", description="D", enables="E", dpv_purpose="dpv:Marketing",
            grounds={"IN": "consent"}, categories=("pd:Name",), retention_days=1, owner="O"),
    )  # fmt: skip
    return found


def views(company, service):
    profiles.create_role(by=BY, controller_id=company.id, code="branch", name="Branch")
    profiles.grant_seat(
        by=BY, controller_id=company.id, role="branch", holder_type="service",
        holder_id=str(service.id),
    )  # fmt: skip
    profiles.draft_view(by=BY, controller_id=company.id, note="The first")


def legal_facts(company, service):
    registry.record_category(by=BY, controller_id=company.id, code="pd:Y", name="Y")
    registry.freeze(by=BY, controller_id=company.id, kind="system", code="crm", incident="INC-1")
    finding = registry.Finding(
        kind="dpia_due", purpose="a.b", citation="GDPR Art 35", conclusion="It is so."
    )
    registry.record_assessment(by=BY, controller_id=company.id, finding=finding)
    card = ModelCard(code="prop-7", version="1", name="Propensity", risk="minimal")
    record_model(by=BY, controller_id=company.id, card=card)
    policies.draft(company.id)
    open_emergency(
        by=OFFICER, controller_id=company.id, service_id=service.id,
        subject_id=company.person("maria@example.in").id, ground="7f", reason="treatment",
        reference="C-1", hours=1,
    )  # fmt: skip


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@pytest.fixture
def version():
    return selectors.catalogue_version


def test_each_table_moves_it_with_every_kind_of_change(company):
    attached = {table: (kinds, enabled) for table, kinds, enabled in sql(ATTACHED)}

    assert set(attached) == TABLES
    assert set(attached.values()) == {(AFTER_INSERT_UPDATE_DELETE_TRUNCATE, "O")}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_change_of_a_row_moves_it_in_the_same_transaction(company, version, table):
    draft = {"consent_purposeversion": "approved_at", "consent_noticeversion": "published_at"}
    change = {"profiles_seat": "ends_at = now(), ended_by = 'vera'"}
    where = f"WHERE {draft[table]} IS NULL" if table in draft else ""
    if table in {"consent_noticepurpose", "consent_noticetranslation"}:
        where = "WHERE notice_version_id IN (SELECT id FROM consent_noticeversion"
        where += " WHERE published_at IS NULL)"
    before = version()

    with transaction.atomic():
        assert sql(f"UPDATE {table} SET {change.get(table, 'id = id')} {where}") >= 1
        assert version() > before


def test_a_change_that_is_rolled_back_does_not(company, version):
    before = version()

    with transaction.atomic():
        services.create_service(
            by=BY, controller_id=company.id, code="sms", name="SMS", purposes=["a.b"]
        )
        assert version() > before
        transaction.set_rollback(True)

    assert version() == before


def test_what_the_decision_point_does_not_keep_does_not_move_it(company, version):
    before = version()

    person = company.person()
    company.yes(person)

    assert version() == before


def test_there_is_one_stamp_only(db, version):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("INSERT INTO accounts_cataloguestamp (id, version) VALUES (2, 1)")


class TestVerbs:
    """Each verb of an officer counts from the next batch on."""

    def changes(self, company):
        service = selectors.services_of(company.id)[0]
        key = selectors.live_keys(service)[0]
        party = service.run_by.party
        return {
            "change_service": lambda: services.change_service(
                by=BY, service=service, is_active=False, purposes=["a.b"]
            ),
            "set_pace": lambda: services.set_pace(by=BY, service=service, items_per_second=9),
            "issue_key": lambda: services.issue_key(by=BY, service=service),
            "revoke_key": lambda: services.revoke_key(by=BY, key=key),
            "end_contract": lambda: registry.end_contract(
                by=BY, party=party, on=key.expires_at.date()
            ),
            "close_purpose": lambda: world.consent.close_purpose(
                by=BY, purpose=company.versions[world.OFFERS].purpose
            ),
            "republish": company.republish,
        }

    @pytest.mark.parametrize(
        "verb", ["change_service", "set_pace", "issue_key", "revoke_key", "end_contract",
                 "close_purpose", "republish"],
    )  # fmt: skip
    def test_moves_it(self, company, version, verb):
        before = version()

        self.changes(company)[verb]()

        assert version() > before
