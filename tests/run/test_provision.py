"""What the logins may do, in every database that provisioning made."""

import psycopg
import pytest

from config.run.errors import RunError
from config.run.provision import ROLES, main, provision

REFUSED = (
    "CREATE TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER DATABASE sammati SET search_path = pg_catalog",
    "DROP DATABASE sammati",
    "SET ROLE sammati_owner",
    "SET session_replication_role = replica",
    "SELECT pg_read_file('PG_VERSION')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_app_is_refused(as_app, statement):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)):
        as_app.execute(statement)


@pytest.mark.parametrize("role", ROLES)
def test_no_login_has_a_special_right(servers, role):
    query = """
        SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
        FROM pg_roles WHERE rolname = %s
    """
    with psycopg.connect(servers.superuser_dsn) as superuser:
        found = superuser.execute(query, [role]).fetchone()

    assert found == (True, False, False, False, False, False)


class TestNewTables:
    @pytest.fixture
    def table(self, owner):
        owner.execute("CREATE TABLE provision_trial (id bigserial PRIMARY KEY, word text)")
        yield "provision_trial"
        owner.execute("DROP TABLE provision_trial")

    @pytest.fixture
    def app(self, test_database):
        with psycopg.connect(test_database.url("sammati_app"), autocommit=True) as found:
            yield found

    @pytest.fixture
    def retention(self, test_database):
        with psycopg.connect(test_database.url("sammati_retention"), autocommit=True) as found:
            yield found

    def test_are_the_apps_to_use(self, table, app):
        app.execute("INSERT INTO provision_trial (word) VALUES ('one')")
        app.execute("UPDATE provision_trial SET word = 'two'")
        app.execute("DELETE FROM provision_trial")

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE provision_trial",
            "DROP TABLE provision_trial",
            "ALTER TABLE provision_trial ADD COLUMN more text",
            "ALTER TABLE provision_trial DISABLE TRIGGER ALL",
            "CREATE INDEX ON provision_trial (word)",
        ],
    )
    def test_are_not_the_apps_to_change(self, table, app, statement):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)

    def test_are_closed_to_retention(self, table, retention):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            retention.execute("SELECT * FROM provision_trial")

    def test_functions_are_closed_until_granted(self, owner, app):
        owner.execute("CREATE FUNCTION provision_trial() RETURNS int LANGUAGE sql AS 'SELECT 1'")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT provision_trial()")

        owner.execute("DROP FUNCTION provision_trial()")


def test_provisioning_again_changes_nothing(servers):
    provision(servers.superuser_dsn)
    provision(servers.superuser_dsn)


def test_a_login_without_the_right_gets_one_sentence(servers, capsys):
    dsn = f"host={servers.places.sockets} port=5432 user=sammati_app dbname=sammati"

    assert main([dsn]) == 1

    assert "use a superuser's login" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_an_error(tmp_path):
    with pytest.raises(RunError, match="could not be provisioned"):
        provision(f"host={tmp_path} user=postgres dbname=postgres")


def test_no_server_named_shows_the_usage(capsys):
    assert main([]) == 2

    assert "usage" in capsys.readouterr().err
