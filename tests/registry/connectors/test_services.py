"""Entering connectors, asking after their systems, and the order of systems."""

import threading

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from audit.models import Payload
from registry import connectors, services_systems
from registry import services_connectors as services
from registry.connectors import opening
from registry.connectors.contract import ConnectorError
from registry.connectors.order import CycleError, leads, sorted_by
from registry.errors_connectors import (
    ConnectorKindError,
    ConnectorSettingsError,
    ConnectorThereError,
    ConnectorUnknownError,
    ConnectorUnusableError,
    ShapelessError,
    WaitCycleError,
    WaitTimeError,
    WaitUnknownError,
)
from registry.errors_systems import SystemSecretError, SystemUnknownError
from registry.models import Connector, Wait
from tests.registry.connectors.pretended import Pretended, system
from tests.subjects.people import BY, controller

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


@pytest.fixture
def pretended(monkeypatch):
    """A kind of connector that this test knows: `settings.no` is refused."""
    found = Pretended()

    def made(row, secret):
        if row.settings.get("no"):
            raise ConnectorError("settings_no", retry=False)
        found.secret, found.fingerprint = secret, row.fingerprint
        return found

    monkeypatch.setattr(connectors, "_factories", {"pretended": made})
    return found


def connector(lotus, code="crm", secret="", **settings):
    return services.record_connector(
        by=BY, controller_id=lotus.id, system_id=system(lotus, code).id, kind="pretended",
        settings={"host": "crm.example", **settings}, secret=secret,
    )  # fmt: skip


def wait(lotus, one, after, seconds=0):
    return services.set_wait(
        by=BY, controller_id=lotus.id, system_id=one.id, after_id=after.id, seconds=seconds
    )


class TestRecording:
    def test_it_is_opened_with_its_secret(self, lotus, pretended):
        row = connector(lotus, secret="s3cret")

        assert opening.open_connector(row.system_id) is pretended
        assert pretended.secret == "s3cret"
        assert b"s3cret" not in bytes(Connector.objects.get().sealed_secret)

    def test_the_record_says_so_and_holds_no_secret(self, lotus, pretended):
        connector(lotus, secret="s3cret")

        said = [bytes(one) for one in Payload.objects.values_list("body", flat=True)]
        assert any(b"connector:recorded" in one for one in said)
        assert not any(b"s3cret" in one for one in said)

    def test_what_does_not_fit_is_named_and_nothing_entered(self, lotus, pretended):
        with pytest.raises(ConnectorSettingsError) as refused:
            connector(lotus, no=True)

        assert refused.value.field == "settings.no"
        assert not Connector.objects.exists()

    def test_a_kind_that_nobody_knows(self, lotus, pretended):
        with pytest.raises(ConnectorKindError):
            services.record_connector(
                by=BY, controller_id=lotus.id, system_id=system(lotus).id, kind="magic",
                settings={},
            )  # fmt: skip

    def test_one_for_a_system_of_its_own_controller(self, lotus, pretended):
        row, other = connector(lotus), controller("fern", "IN")

        with pytest.raises(ConnectorThereError):
            services.record_connector(
                by=BY, controller_id=lotus.id, system_id=row.system_id, kind="pretended",
                settings={},
            )  # fmt: skip
        with pytest.raises(SystemUnknownError):
            services.record_connector(
                by=BY, controller_id=other.id, system_id=system(lotus, "dwh").id,
                kind="pretended", settings={},
            )  # fmt: skip

    def test_a_secret_of_many_lines_is_refused(self, lotus, pretended):
        with pytest.raises(SystemSecretError):
            connector(lotus, secret="a\nb")

    def test_the_database_holds_it_to_its_controller(self, lotus, pretended):
        row, other = connector(lotus), controller("fern", "IN")

        with pytest.raises(IntegrityError), transaction.atomic():
            Connector.objects.filter(pk=row.pk).update(controller=other)


class TestChanging:
    def test_a_secret_does_not_follow_to_another_address(self, lotus, pretended):
        row = connector(lotus, secret="s3cret")

        kept = services.change_connector(
            by=BY, connector=row, settings={"host": "crm.example", "more": 1}
        )
        assert kept.sealed_secret is not None
        moved = services.change_connector(by=BY, connector=row, settings={"host": "evil.example"})
        assert moved.sealed_secret is None

    def test_other_settings_void_the_accepted_shape(self, lotus, pretended):
        row = services.accept_shape(by=BY, connector=connector(lotus))

        assert row.fingerprint == "a" * 64
        assert services.change_connector(by=BY, connector=row, per_minute=9).fingerprint
        changed = services.change_connector(by=BY, connector=row, settings={"host": "x"})
        assert changed.fingerprint == ""

    def test_settings_that_do_not_fit_change_nothing(self, lotus, pretended):
        row = connector(lotus)

        with pytest.raises(ConnectorSettingsError):
            services.change_connector(by=BY, connector=row, settings={"no": True}, per_minute=3)

        row.refresh_from_db()
        assert (row.settings, row.per_minute) == ({"host": "crm.example"}, 0)

    def test_another_secret_and_none(self, lotus, pretended):
        row = services.set_secret(by=BY, connector=connector(lotus), secret="next")
        opening.open_connector(row.system_id)
        assert pretended.secret == "next"

        assert services.set_secret(by=BY, connector=row, secret="").sealed_secret is None

    def test_one_that_is_gone(self, lotus, pretended):
        row = connector(lotus)
        Connector.objects.all().delete()

        with pytest.raises(ConnectorUnknownError):
            services.set_secret(by=BY, connector=row, secret="x")


class TestOpening:
    def code(self, system_id):
        with pytest.raises(ConnectorError) as refused:
            opening.open_connector(system_id)
        return refused.value.code, refused.value.retry

    def test_what_is_not_in_use_is_not_opened(self, lotus, pretended):
        bare, row = system(lotus, "bare"), connector(lotus)

        assert self.code(bare.id) == ("not_in_use", False)
        services_systems.set_state(by=BY, system=row.system, state="paused")
        assert self.code(row.system_id) == ("paused", True)
        services_systems.set_state(by=BY, system=row.system, state="retired")
        assert self.code(row.system_id) == ("not_in_use", False)

    def test_one_switched_off(self, lotus, pretended):
        row = services.change_connector(by=BY, connector=connector(lotus), is_active=False)

        assert self.code(row.system_id) == ("not_in_use", False)

    def test_a_kind_that_went_away(self, lotus, pretended, monkeypatch):
        row = connector(lotus)
        monkeypatch.setattr(connectors, "_factories", {})

        assert self.code(row.system_id) == ("kind_unknown", False)

    def test_kinds_are_registered_once(self, pretended):
        with pytest.raises(ValueError, match="Two connectors"):
            connectors.register("pretended", lambda *_: pretended)
        assert connectors.kinds() == ["pretended"]


class TestAsking:
    def test_what_the_check_found_is_kept(self, lotus, pretended):
        row = connector(lotus)
        pretended.faults = ["table_missing:people", "other"]

        assert services.check_connector(by=BY, connector=row) == pretended.faults
        row.refresh_from_db()
        assert (row.fault, row.checked_at is None) == ("table_missing:people", False)
        pretended.faults = []
        assert services.check_connector(by=BY, connector=row) == []
        row.refresh_from_db()
        assert row.fault == ""

    def test_an_error_has_its_code(self, lotus, pretended):
        row = connector(lotus)
        pretended.error = ConnectorError("credentials_refused", retry=False)

        assert services.check_connector(by=BY, connector=row) == ["credentials_refused"]
        with pytest.raises(ConnectorUnusableError) as refused:
            services.accept_shape(by=BY, connector=row)
        assert refused.value.field == "connector.credentials_refused"

    def test_a_connector_without_shape(self, lotus, pretended, monkeypatch):
        row = connector(lotus)
        monkeypatch.setattr(connectors, "_factories", {"pretended": lambda *_: object()})

        with pytest.raises(ShapelessError):
            services.accept_shape(by=BY, connector=row)
        assert services.check_connector(by=BY, connector=row) == []

    def test_settings_that_changed_meanwhile_are_not_accepted(self, lotus, pretended):
        row = connector(lotus)
        services.change_connector(by=BY, connector=row, settings={"host": "other"})

        with pytest.raises(ConnectorUnusableError):
            services.accept_shape(by=BY, connector=row)
        assert Connector.objects.get().fingerprint == ""


class TestWaits:
    def test_it_is_set_changed_and_removed(self, lotus):
        crm, dwh = system(lotus), system(lotus, "dwh")

        wait(lotus, crm, dwh)
        found = wait(lotus, crm, dwh, seconds=60)

        assert [one.seconds for one in Wait.objects.all()] == [60]
        services.remove_wait(by=BY, wait=found)
        assert not Wait.objects.exists()
        with pytest.raises(WaitUnknownError):
            services.remove_wait(by=BY, wait=found)

    def test_no_way_leads_round(self, lotus):
        crm, dwh, cdp = (system(lotus, code) for code in ("crm", "dwh", "cdp"))
        wait(lotus, crm, dwh)
        wait(lotus, dwh, cdp)

        for one, after in ((cdp, crm), (dwh, crm), (crm, crm)):
            with pytest.raises(WaitCycleError):
                wait(lotus, one, after)
        wait(lotus, crm, cdp)
        assert Wait.objects.count() == 3

    def test_the_database_refuses_a_way_round_by_itself(self, lotus):
        crm, dwh, cdp = (system(lotus, code) for code in ("crm", "dwh", "cdp"))
        wait(lotus, crm, dwh)
        last = wait(lotus, dwh, cdp)

        row = {"controller": lotus, "created_by": "x"}
        with pytest.raises(DatabaseError, match="waits for it"), transaction.atomic():
            Wait.objects.create(system=cdp, after=crm, **row)
        with pytest.raises(DatabaseError, match="waits for it"), transaction.atomic():
            Wait.objects.filter(pk=last.pk).update(after=crm)

    def test_only_between_systems_of_one_controller(self, lotus):
        crm, other = system(lotus), controller("fern", "IN")
        theirs = system(other)

        for one, after in ((crm, theirs), (theirs, crm)):
            with pytest.raises(SystemUnknownError):
                wait(lotus, one, after)
        with pytest.raises(IntegrityError), transaction.atomic():
            Wait.objects.create(controller=lotus, system=crm, after=theirs, created_by="x")

    @pytest.mark.parametrize("seconds", [-1, 90 * 86_400 + 1])
    def test_within_bounds(self, lotus, seconds):
        with pytest.raises(WaitTimeError):
            wait(lotus, system(lotus), system(lotus, "dwh"), seconds=seconds)

    @pytest.mark.django_db(transaction=True)
    def test_two_that_would_close_a_circle_together(self, lotus, test_database):
        crm, dwh = system(lotus), system(lotus, "dwh")
        statement = (
            "INSERT INTO registry_wait (id, controller_id, system_id, after_id, seconds,"
            " created_at, created_by) VALUES (gen_random_uuid(), %s, %s, %s, 0, now(), 'x')"
        )
        url, failed = test_database.url("sammati_app"), []

        def second():
            with psycopg.connect(url) as late:
                try:
                    late.execute(statement, [lotus.id, dwh.id, crm.id])
                except psycopg.Error as error:
                    failed.append(error.sqlstate)

        with psycopg.connect(url) as early:
            early.execute(statement, [lotus.id, crm.id, dwh.id])
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(0.3)
            assert thread.is_alive()
            early.commit()
            thread.join(10)

        assert failed == ["SL001"]
        connection.close()


def test_an_order_has_no_way_round():
    assert leads([(1, 2), (2, 3), (4, 1)], start=4, to=3)
    assert not leads([(1, 2), (2, 1), (2, 3)], start=3, to=1)
    assert sorted_by({"order": {"line"}, "line": set()}) == ["line", "order"]
    with pytest.raises(CycleError):
        sorted_by({"a": {"b"}, "b": {"a"}})
