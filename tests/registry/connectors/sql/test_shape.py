"""Mappings that do not fit, databases that changed, logins that are not let in: nothing is done."""

import pytest

from registry import connectors
from registry import services_connectors as services
from registry.connectors.contract import ConnectorError
from registry.errors_connectors import ConnectorSettingsError, ConnectorUnusableError
from registry.models import Connector
from tests.registry.connectors.pretended import system
from tests.registry.connectors.sql.bases import (
    MAPPING,
    asha,
    check,
    failed,
    probe,
    tell,
)
from tests.subjects.people import BY, controller

pytestmark = pytest.mark.django_db
CUSTOMERS = {"match": {"crm": "no"}}
LINKS = {name: MAPPING[name] for name in ("orders", "items")}


def faults(base, tables, **more):
    return check(base.connector(tables, fingerprint="0" * 64, **more))[:-1]


class TestMappingsThatDoNotFit:
    @pytest.mark.parametrize(
        ("tables", "found"),
        [
            ({"people": CUSTOMERS}, ["table_missing:people"]),
            ({"customers": {"match": {"crm": "number"}}, **LINKS},
             ["column_missing:customers.number"]),
            ({"customers": {**CUSTOMERS, "columns": {"shoe": {}}}, **LINKS},
             ["column_missing:customers.shoe"]),
            ({"customers": {**CUSTOMERS, "correct": {"a": "shoe"}}, **LINKS},
             ["column_missing:customers.shoe"]),
            ({"customers": CUSTOMERS, "orders": {"through": {
                "table": "customers", "column": "customer", "to": "nr"}}, "items": LINKS["items"]},
             ["column_missing:customers.nr"]),
            ({"customers": CUSTOMERS}, ["reference_unmapped:SCHEMA.orders"]),
            ({"customers": CUSTOMERS, "orders": {**LINKS["orders"], "rows": "keep",
                                                 "columns": {"town": {}}}},
             ["reference_kept:orders"]),
            ({"customers": {**CUSTOMERS, "rows": "keep", "columns": {"blocked": {}}}},
             ["column_not_null:customers.blocked"]),
            ({"customers": {**CUSTOMERS, "rows": "keep", "columns": {"id": {"unique": "x"}}}},
             ["column_not_text:customers.id"]),
            ({"customers": {"match": {"phone": {"column": "id", "how": "digits"}}}, **LINKS},
             ["match_type:customers.id"]),
        ],
    )  # fmt: skip
    def test_each_has_a_name(self, base, tables, found):
        found = [one.replace("SCHEMA", "shop") for one in found]

        assert faults(base, tables) == found
        assert failed(tell, base.connector(tables, fingerprint="0" * 64), asha()) == (
            found[0].partition(":")[0], False,
        )  # fmt: skip
        assert base.number("customers") == 4

    def test_tables_that_point_to_each_other(self, base):
        base.say("ALTER TABLE customers ADD best integer")
        base.say(
            "ALTER TABLE customers ADD CONSTRAINT round FOREIGN KEY (best) REFERENCES orders (id)"
        )

        assert "cycle" in faults(base, MAPPING)
        assert failed(base.connector, MAPPING) == ("cycle", False)

    def test_a_table_that_points_to_itself(self, base):
        base.say("ALTER TABLE customers ADD friend integer")
        base.say(
            "ALTER TABLE customers ADD CONSTRAINT of FOREIGN KEY (friend) REFERENCES customers (id)"
        )

        assert faults(base, MAPPING) == ["cycle"]

    def test_a_reference_that_is_emptied_by_itself_stands_in_no_way(self, base):
        base.say("CREATE TABLE notes (id integer PRIMARY KEY, customer integer)")
        base.say(
            "ALTER TABLE notes ADD CONSTRAINT nobodys FOREIGN KEY (customer)"
            " REFERENCES customers (id) ON DELETE SET NULL"
        )
        base.say("INSERT INTO notes VALUES (1, 1)")

        assert faults(base, MAPPING) == []
        tell(base.connector(), asha())
        assert base.number("notes", "customer IS NULL") == 1

    def test_rows_that_nobody_mapped_are_not_taken_along(self, base):
        base.say("CREATE TABLE invoices (id integer PRIMARY KEY, customer integer)")
        base.say(
            "ALTER TABLE invoices ADD CONSTRAINT owed FOREIGN KEY (customer)"
            " REFERENCES customers (id) ON DELETE CASCADE"
        )

        assert faults(base, MAPPING) == ["reference_unmapped:shop.invoices"]

    def test_a_view_is_no_table(self, base):
        base.say("CREATE VIEW people AS SELECT * FROM customers")

        assert faults(base, {"people": CUSTOMERS}) == ["not_a_table:people"]

    def test_a_table_of_keys_that_is_none(self, base):
        assert faults(base, MAPPING, keys="nowhere") == ["table_missing:nowhere"]
        base.say("CREATE TABLE bare (`key` varchar(200))")
        assert faults(base, MAPPING, keys="bare") == ["keys_table_wrong:bare"]
        assert faults(base, MAPPING, keys="sammati_erasures") == []

    def test_rows_that_a_policy_hides(self, postgres):
        """Whoever sees none of the rows would find everybody absent."""
        postgres.fill()
        connector = postgres.connector()
        postgres.say("ALTER TABLE customers ENABLE ROW LEVEL SECURITY")

        assert faults(postgres, MAPPING) == ["row_security:customers"]
        assert failed(probe, connector, asha()) == ("row_security", False)

    def test_a_rule_that_does_something_instead(self, postgres):
        postgres.fill()
        postgres.say("CREATE RULE never AS ON DELETE TO customers DO INSTEAD NOTHING")

        assert faults(postgres, MAPPING) == ["rules_there:customers"]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ("ENGINE = MyISAM", "not_transactional"), ("ADD SYSTEM VERSIONING", "keeps_history"),
        ],
    )  # fmt: skip
    def test_tables_that_take_nothing_back_or_forget_nothing(self, maria, change, code):
        maria.say("CREATE TABLE people (no varchar(40) PRIMARY KEY)")
        maria.say(f"ALTER TABLE people {change}")

        assert faults(maria, {"people": CUSTOMERS}) == [f"{code}:people"]


class TestAnotherShape:
    @pytest.mark.parametrize(
        "change",
        [
            "ALTER TABLE customers ADD passport varchar(20)",
            "ALTER TABLE items DROP COLUMN gift",
            "ALTER TABLE orders ADD CONSTRAINT more FOREIGN KEY (total) REFERENCES customers (id)",
            "ALTER TABLE orders DROP CONSTRAINT by_customer",
        ],
    )
    def test_stops_what_was_accepted_before(self, base, change):
        base.say("UPDATE orders SET total = 1")
        connector = base.connector()
        assert check(connector) == []

        base.say(change)

        assert check(connector) == ["shape_changed"]
        assert failed(tell, connector, asha()) == ("shape_changed", False)
        assert failed(probe, connector, asha()) == ("shape_changed", False)
        assert base.number("customers") == 4

    def test_a_column_that_went_away(self, base):
        connector = base.connector({"customers": {**CUSTOMERS, "correct": {"a": "name"}}, **LINKS})
        base.say("ALTER TABLE customers DROP COLUMN name")

        assert failed(tell, connector, asha()) == ("column_missing", False)

    def test_a_table_that_went_away(self, base):
        connector = base.connector()
        base.say("DROP TABLE items")

        assert failed(tell, connector, asha()) == ("table_missing", False)

    def test_a_trigger_that_came(self, base):
        connector = base.connector()
        if base.kind == "mysql":
            base.say("CREATE TRIGGER t BEFORE DELETE ON items FOR EACH ROW SET @a = 1")
        else:
            base.say(
                "CREATE FUNCTION shop.t() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN OLD; END $$"
            )
            base.say("CREATE TRIGGER t BEFORE DELETE ON items EXECUTE FUNCTION shop.t()")

        assert failed(tell, connector, asha()) == ("shape_changed", False)

    def test_what_other_tables_do_is_their_own_matter(self, base):
        connector = base.connector()
        base.say("CREATE TABLE elsewhere (id integer PRIMARY KEY)")
        base.say("INSERT INTO customers (id) VALUES (77)")

        assert check(connector) == []

    def test_a_shape_that_nobody_accepted(self, base):
        connector = base.connector(fingerprint="")

        assert check(connector) == ["shape_not_accepted"]
        assert failed(tell, connector, asha()) == ("shape_not_accepted", False)
        assert base.number("customers") == 4


class TestNotLetIn:
    def test_a_password_that_is_old_or_expired(self, maria, mariadb):
        maria.fill()
        connector = maria.connector(secret="old", fingerprint="0" * 64)
        assert failed(tell, connector, asha()) == ("credentials_refused", False)

        mariadb.run("ALTER USER shop_eraser PASSWORD EXPIRE")
        connector = maria.connector(fingerprint="0" * 64)
        assert failed(tell, connector, asha()) == ("credentials_refused", False)

        mariadb.run("ALTER USER shop_eraser ACCOUNT LOCK")
        assert failed(tell, connector, asha()) == ("credentials_refused", False)

    def test_a_login_that_is_unknown_or_locked(self, postgres):
        postgres.fill()
        nobody = postgres.connector(fingerprint="0" * 64, user="nobody_at_all")
        assert failed(tell, nobody, asha()) == ("credentials_refused", False)

        connector = postgres.connector()
        postgres.say("ALTER ROLE shop_eraser NOLOGIN")
        try:
            assert failed(tell, connector, asha()) == ("credentials_refused", False)
        finally:
            postgres.say("ALTER ROLE shop_eraser LOGIN")

    def test_a_database_that_is_unknown(self, base):
        connector = base.connector(fingerprint="0" * 64, database="nowhere", schema="shop")

        assert failed(tell, connector, asha()) == ("credentials_refused", False)

    def test_a_right_that_was_taken(self, base):
        connector = base.connector()
        base.say("REVOKE ALL ON shop.* FROM shop_eraser" if base.kind == "mysql" else
                 "REVOKE ALL ON items FROM shop_eraser")  # fmt: skip

        code, retry = failed(tell, connector, asha())

        assert code in ("permission_denied", "credentials_refused", "table_missing")
        assert not retry
        assert base.number("customers") == 4

    def test_nobody_there(self, base):
        host = {"host": "127.0.0.1", "port": 1}

        connector = base.connector(fingerprint="0" * 64, **host)
        assert failed(tell, connector, asha()) == ("unreachable", True)
        connector = base.connector(fingerprint="0" * 64, host="/nowhere")
        assert failed(tell, connector, asha()) == ("unreachable", True)

    def test_an_address_inside(self, base, settings):
        connector = base.connector(fingerprint="0" * 64)
        settings.SYSTEM_NETWORKS = []

        assert failed(tell, connector, asha()) == ("address_refused", False)

    def test_a_server_without_certificate(self, maria):
        connector = maria.connector(fingerprint="0" * 64, tls="verify-full")

        assert failed(tell, connector, asha()) == ("tls_refused", False)

    def test_a_server_that_hangs(self, maria, mariadb):
        maria.fill()
        connector = maria.connector(timeout_seconds=1)

        with mariadb.hanging():
            code, retry = failed(tell, connector, asha())

        assert (code in ("unreachable", "too_slow"), retry) == (True, True)
        assert maria.number("customers") == 4


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"tables": {}}, "tables"),
        ({"tables": {"a;b": CUSTOMERS}}, "tables"),
        ({"tables": {'a"b': CUSTOMERS}}, "tables"),
        ({"tables": {"a`b": CUSTOMERS}}, "tables"),
        ({"tables": {"a.b.c": CUSTOMERS}}, "tables"),
        ({"tables": {"a": {"match": {"crm": "x` OR 1"}}}}, "columns"),
        ({"tables": {"a": {"match": {"crm": "%s"}}}}, "columns"),
        ({"tables": {"a": {"match": {"passport": "x"}}}}, "match"),
        ({"tables": {"a": {}}}, "match"),
        ({"tables": {"a": {**CUSTOMERS, **LINKS["orders"]}}}, "match"),
        ({"tables": {"a": {**CUSTOMERS, "rows": "keep"}}}, "columns"),
        ({"tables": {"a": {**CUSTOMERS, "columns": {"b": {"to": "x", "unique": "y"}}}}}, "columns"),
        ({"tables": {"a": {**CUSTOMERS, "category": "a b"}}}, "category"),
        ({"tables": {"a": {**CUSTOMERS, "rows": "archive"}}}, "malformed"),
        ({"tables": {"orders": LINKS["orders"]}}, "through"),
        ({"tables": {"a": {"through": {"table": "b", "column": "x", "to": "y"}},
                     "b": {"through": {"table": "a", "column": "x", "to": "y"}}}}, "cycle"),
        ({"keys": "customers"}, "tables"),
        ({"host": ""}, "host"),
        ({"port": -1}, "port"),
        ({"batch": 0}, "batch"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"per_minute": -1}, "per_minute"),
        ({"more": 1}, "malformed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_settings_that_are_refused(kind, change, member):
    settings = {
        "host": "db.example", "database": "shop", "user": "u", "tables": {"customers": CUSTOMERS},
    }  # fmt: skip
    row = Connector(kind=kind, settings={**settings, **change})

    with pytest.raises(ConnectorError) as refused:
        connectors.factory(kind)(row, "")

    assert refused.value.code == f"settings_{member}"


class TestThroughTheVerbs:
    def test_recorded_accepted_checked_and_told(self, base):
        lotus = controller("lotus", "IN")
        row = services.record_connector(
            by=BY, controller_id=lotus.id, system_id=system(lotus).id, kind=base.kind,
            settings={**base.settings, "tables": MAPPING}, secret=base.secret,
        )  # fmt: skip
        assert services.check_connector(by=BY, connector=row) == ["shape_not_accepted"]

        row = services.accept_shape(by=BY, connector=row)

        assert services.check_connector(by=BY, connector=row) == []
        base.say("ALTER TABLE items ADD shoe integer")
        assert services.check_connector(by=BY, connector=row) == ["shape_changed"]
        base.say("DROP TABLE items")
        with pytest.raises(ConnectorUnusableError) as refused:
            services.accept_shape(by=BY, connector=row)
        assert refused.value.field == "connector.table_missing"

    def test_a_mapping_that_is_none(self, postgres):
        lotus = controller("lotus", "IN")

        with pytest.raises(ConnectorSettingsError) as refused:
            services.record_connector(
                by=BY, controller_id=lotus.id, system_id=system(lotus).id, kind="postgresql",
                settings={**postgres.settings, "tables": {}},
            )  # fmt: skip

        assert refused.value.field == "settings.tables"
        assert not Connector.objects.exists()
