"""Systems that are asked when somebody looks: bounded, and trusted with little."""

import ssl
import time

import pytest

from registry import adapters, services_systems
from registry.adapters import http as http_adapter
from registry.adapters import loop, resting
from registry.errors_systems import (
    SystemSettingsError,
    SystemUnavailableError,
)
from registry.models import System
from tests.registry.asked import KNOWN, Manners, answering, http
from tests.subjects.people import BY, controller
from tests.work.webhooks.test_secure import HOST, certificate
from work.webhooks import addresses
from work.webhooks.errors import AddressRefusedError

__all__ = ["certificate"]
pytestmark = pytest.mark.django_db
WANTED = {"crm": "CRM-1"}


@pytest.fixture(autouse=True)
def _awake():
    resting.forget()
    yield
    resting.forget()


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


@pytest.fixture
def crm():
    with answering() as found:
        yield found


def asked(system, codes=("city", "tier", "shoe"), wanted=WANTED):
    system.refresh_from_db()
    adapter = adapters.open_adapter(system)
    return loop.run(adapters.ask(system, adapter, wanted, codes), seconds=system.timeout_ms / 1000)


def why(system, **more):
    with pytest.raises(SystemUnavailableError) as refused:
        asked(system, **more)
    return refused.value.reason


class TestHttp:
    def test_values_are_found_where_the_settings_say(self, lotus, crm):
        found = asked(http(lotus, crm.url()))

        assert dict(found.values) == {"city": "Pune", "tier": "gold"}
        assert found.observed_at is None

    def test_it_is_told_the_identifiers_in_the_body_and_nothing_in_the_address(self, lotus, crm):
        asked(http(lotus, crm.url()))

        [(path, _, body)] = crm.heard
        assert path == "/people"
        assert body == {"identifiers": {"crm": "CRM-1"}, "attributes": ["city", "shoe", "tier"]}

    def test_only_about_what_the_reader_may_see(self, lotus, crm):
        found = asked(http(lotus, crm.url()), codes=["tier", "salary"])

        assert dict(found.values) == {"tier": "gold"}
        assert crm.heard[0][2]["attributes"] == ["tier"]

    def test_a_body_of_its_own(self, lotus, crm):
        body = {"q": {"no": "{crm}", "like": "a {crm}"}, "n": [1, "{crm}"]}

        asked(http(lotus, crm.url(), settings={"body": body}))

        assert crm.heard[0][2] == {"q": {"no": "CRM-1", "like": "a {crm}"}, "n": [1, "CRM-1"]}

    @pytest.mark.parametrize(
        ("way", "header", "value"),
        [
            ({"auth": "bearer"}, "Authorization", "Bearer s3cret"),
            ({"auth": "basic"}, "Authorization", "Basic czNjcmV0"),
            ({"auth": "header", "header": "X-Api-Key"}, "X-Api-Key", "s3cret"),
        ],
    )
    def test_the_secret_is_told_as_the_settings_say(self, lotus, crm, way, header, value):
        asked(http(lotus, crm.url(), secret="s3cret", settings=way))

        assert crm.heard[0][1][header] == value

    def test_as_of_when_it_knows(self, lotus, crm):
        system = http(lotus, crm.url(), settings={"observed_at": "/changed"})

        assert asked(system).observed_at.isoformat() == "2026-03-01T10:00:00+00:00"
        for said in (None, "yesterday", "2026-03-01T10:00:00", 12):
            crm.manners = Manners(said={**KNOWN, "changed": said})
            assert why(system) == "time_unknown"

    @pytest.mark.parametrize("manners", [Manners(status=404), Manners(said={}), Manners(said=None)])
    def test_somebody_it_does_not_know_has_no_values(self, lotus, crm, manners):
        crm.manners = manners

        assert dict(asked(http(lotus, crm.url())).values) == {}

    @pytest.mark.parametrize(
        ("manners", "reason"),
        [
            (Manners(status=500), "status_500"),
            (Manners(status=401), "status_401"),
            (Manners(status=302, headers={"Location": "http://127.0.0.1:1/"}), "status_302"),
            (Manners(raw=b"<html>"), "malformed"),
            (Manners(raw=b"[1]"), "malformed"),
            (Manners(raw=b'{"customer": ' + b"[" * 5000 + b"]" * 5000 + b"}"), "malformed"),
            (Manners(raw=b'{"a": NaN}'), "malformed"),
            (Manners(raw=b'{"customer": "' + b"x" * 300_000 + b'"}'), "too_long"),
            (Manners(headers={"Content-Length": "9999"}), "slow"),
        ],
    )
    def test_whatever_else_is_unavailable(self, lotus, crm, manners, reason):
        crm.manners = manners
        patience_ms = 400 if reason == "slow" else 4000

        assert why(http(lotus, crm.url(), timeout_ms=patience_ms)) == reason
        assert len(crm.heard) == 1

    @pytest.mark.parametrize("manners", [Manners(before_seconds=1.5), Manners(a_byte_seconds=0.05)])
    def test_its_time_is_over_the_whole_answer(self, lotus, crm, manners):
        crm.manners = manners
        began = time.monotonic()

        assert why(http(lotus, crm.url(), timeout_ms=200)) == "slow"

        assert time.monotonic() - began < 1.0

    def test_nobody_there(self, lotus):
        assert why(http(lotus, "http://127.0.0.1:1/people")) == "unreachable"

    def test_what_it_writes_of_errors_is_told_nobody(self, lotus, crm, caplog):
        crm.manners = Manners(status=500, said={"error": "no CRM-1 QZX"})

        why(http(lotus, crm.url()))

        assert "QZX" not in caplog.text
        assert "CRM-1" not in caplog.text


class TestWhereTo:
    """Nobody who writes settings can have the suite ask inside (SSRF)."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://crm.example/people", "ftp://crm.example/", "https://user:pw@crm.example/",
            "https://10.1.2.3/people", "https://169.254.169.254/latest", "https://[fd00::1]/x",
            "https://crm.example/#x", "", "https://",
        ],
    )  # fmt: skip
    def test_an_address_that_is_refused_when_it_is_written(self, lotus, url):
        with pytest.raises(AddressRefusedError):
            http(lotus, url)

        assert not System.objects.exists()

    def test_this_machine_only_where_the_operator_says(self, lotus, crm, settings):
        system = http(lotus, crm.url())
        settings.SYSTEM_NETWORKS = []

        assert why(system) == "address_refused"
        assert crm.heard == []

    def test_a_name_that_leads_inside(self, lotus, monkeypatch):
        system = http(lotus, "https://crm.example/people")
        monkeypatch.setattr(addresses, "_looked_up", lambda *_: [(0, 0, 0, "", ("10.0.0.1", 443))])

        assert why(system) == "address_refused"

    def test_over_tls_the_certificate_is_of_the_name(self, lotus, crm, certificate, monkeypatch):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        crm.socket = context.wrap_socket(crm.socket, server_side=True)
        trust = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(http_adapter, "_trust", lambda: trust)
        row = (0, 0, 0, "", ("127.0.0.1", crm.server_port))
        monkeypatch.setattr(addresses, "_looked_up", lambda *_: [row])

        right = http(lotus, crm.url(HOST, "https"))
        wrong = http(lotus, crm.url("other.example", "https"), code="wrong")

        assert asked(right).values["city"] == "Pune"
        assert crm.heard[0][1]["Host"] == f"{HOST}:{crm.server_port}"
        assert why(wrong) == "unreachable"


class TestResting:
    def test_one_that_fails_again_and_again_is_left_alone_for_a_while(
        self, lotus, crm, monkeypatch
    ):
        system = http(lotus, crm.url())
        crm.manners = Manners(status=500)
        for _ in range(resting.FAILURES):
            assert why(system) == "status_500"

        assert why(system) == "resting"
        assert len(crm.heard) == resting.FAILURES
        monkeypatch.setattr(resting, "REST_SECONDS", 0.0)
        crm.manners = Manners()
        assert asked(system).values
        crm.manners = Manners(status=500)
        assert why(system) == "status_500"


class TestSql:
    @pytest.fixture
    def warehouse(self, test_database, superuser):
        """A view in a database, and a login that may read it and do nothing else."""
        superuser.execute("DROP SCHEMA IF EXISTS crm CASCADE")
        superuser.execute("CREATE SCHEMA crm")
        superuser.execute(
            "CREATE TABLE crm.people (no text, city text, points numeric, born date,"
            " changed timestamptz)"
        )
        superuser.execute(
            "INSERT INTO crm.people VALUES ('CRM-1', 'Pune', 12.50, '1990-02-28',"
            " '2026-03-01 10:00+00'), ('CRM-2', 'A', 1, NULL, NULL), ('CRM-2', 'B', 1, NULL, NULL)"
        )
        superuser.execute("GRANT USAGE ON SCHEMA crm TO sammati_app")
        superuser.execute("GRANT ALL ON crm.people TO sammati_app")
        yield test_database
        superuser.execute("DROP SCHEMA crm CASCADE")

    def system(self, lotus, database, query, code="dwh", **more):
        settings = {
            "host": str(database.servers.places.sockets), "database": database.name,
            "user": "sammati_app", "query": query, "identify_by": ["crm"], "tls": "disable",
        }  # fmt: skip
        new = services_systems.NewSystem(
            code=code, name="DWH", kind="sql", settings={**settings, **more}
        )
        return services_systems.record_system(
            by=BY, controller_id=lotus.id, new=new, secret="password"
        )

    READS = (
        "SELECT city, points AS spent, born AS born_on, changed AS observed_at FROM crm.people"
        " WHERE no = %(crm)s"
    )

    @pytest.mark.django_db(transaction=True)
    def test_columns_bear_the_codes_of_attributes(self, lotus, warehouse):
        found = asked(
            self.system(lotus, warehouse, self.READS), codes=["city", "spent", "born_on", "tier"]
        )

        assert dict(found.values) == {"city": "Pune", "spent": "12.50", "born_on": "1990-02-28"}
        assert found.observed_at.isoformat() == "2026-03-01T10:00:00+00:00"

    @pytest.mark.django_db(transaction=True)
    def test_nobody_and_too_many(self, lotus, warehouse):
        system = self.system(lotus, warehouse, self.READS)

        assert dict(asked(system, wanted={"crm": "CRM-9"}).values) == {}
        assert why(system, wanted={"crm": "CRM-2"}) == "ambiguous"
        assert dict(asked(system, wanted={"crm": "' OR 1=1 --"}).values) == {}
        assert dict(asked(system, wanted={}).values) == {}

    @pytest.mark.django_db(transaction=True)
    def test_it_only_reads(self, lotus, warehouse, superuser):
        writes = (
            "WITH gone AS (DELETE FROM crm.people WHERE no = %(crm)s RETURNING city)"
            " SELECT city FROM gone"
        )

        assert why(self.system(lotus, warehouse, writes)) == "unreachable"

        assert superuser.execute("SELECT count(*) FROM crm.people").fetchone() == (3,)

    @pytest.mark.django_db(transaction=True)
    def test_its_time_is_bounded_there_too(self, lotus, warehouse):
        slow = "SELECT pg_sleep(5)::text AS city WHERE %(crm)s <> ''"
        system = self.system(lotus, warehouse, slow)
        System.objects.filter(pk=system.pk).update(timeout_ms=200)
        began = time.monotonic()

        assert why(system) in ("slow", "unreachable")

        assert time.monotonic() - began < 2.0

    @pytest.mark.django_db(transaction=True)
    def test_a_socket_of_this_machine_only_where_the_operator_says(
        self, lotus, warehouse, settings
    ):
        system = self.system(lotus, warehouse, self.READS)
        settings.SYSTEM_NETWORKS = []

        assert why(system) == "address_refused"

    @pytest.mark.parametrize(
        "query",
        [
            "DELETE FROM people WHERE no = %(crm)s", "SELECT 1; SELECT %(crm)s",
            "SELECT city FROM people", "SELECT %(email)s", "SELECT %s, %(crm)s", "",
            "SELECT %(crm)s, '" + "x" * 4000 + "'",
        ],
    )  # fmt: skip
    def test_a_query_that_is_refused_when_it_is_written(self, lotus, test_database, query):
        with pytest.raises(SystemSettingsError) as refused:
            self.system(lotus, test_database, query)

        assert refused.value.field == "settings.query"

    def test_an_address_inside_is_refused(self, lotus, settings, test_database):
        settings.SYSTEM_NETWORKS = []
        system = self.system(lotus, test_database, self.READS, host="127.0.0.1")

        assert why(system) == "address_refused"


def test_a_pointer_finds_what_it_names():
    said = {"a": {"b/c": [1, {"~": 2}]}}

    assert http_adapter.found(said, "/a/b~1c/1/~0") == 2
    for pointer in ("/x", "/a/b~1c/7", "/a/b~1c/x", "/a/b~1c/0/deep"):
        assert http_adapter.found(said, pointer) is None
