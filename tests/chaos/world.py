"""A company, its people in systems of every temper, and what is true of them in the end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.utils import Error
from psycopg import sql

from accounts import services as accounts
from audit.actors import Actor
from erasure.models import Case, Mark, Step
from registry import services_connectors as ways
from registry import services_systems as systems
from subjects import services as subjects
from tests.conformance.worlds.vendors import BATCH, SINGLE
from tests.patience import wait_until
from tests.servers.valkey import PASSWORD

BY = Actor.system("chaos")
VENDORS = {
    "honest": (BATCH | {"batch": 20}, {"slow_seconds": 0.05}),
    "flaky": (SINGLE, {"drop_every": 9, "fail_every": 7}),
    "limits": (BATCH | {"batch": 10}, {"limit_every": 4}),
    "slow": (BATCH | {"batch": 5}, {"slow_seconds": 0.4}),
    "async": (BATCH | {"batch": 10}, {"later_seconds": 0.4}),
    "careless": (SINGLE | {"honours_key": False, "key_header": ""}, {"slow_seconds": 0.05}),
}  # fmt: skip
"""By code: the settings of the connector, and the mood. The last one's calls may be repeated."""
LIARS = {"lies": {"lies": True}, "archives": {"archives": True}, "hides": {"suppresses": True}}
CARELESS = "careless"


@dataclass
class World:
    """One company. `people` are their ids by number."""

    slug: str
    number: int
    house: Any
    laboratory: Any
    valkey: Any = None
    id: UUID | None = None
    key: str = ""
    people: list[UUID] = field(default_factory=list)
    accounts: dict[str, Any] = field(default_factory=dict)

    def make(self, vendors: dict[str, Any]) -> "World":
        made = accounts.create_controller(
            by=BY, slug=self.slug, name=self.slug, country="IN", contact_name="Nobody",
            contact_email=f"nobody@{self.slug}.example",
        )  # fmt: skip
        self.id = made.id
        service = accounts.create_service(
            by=BY, controller_id=made.id, code="desk", name="Desk", purposes=["sys.rights"]
        )
        _key, self.key = accounts.issue_key(by=BY, service=service)
        for code, (settings, mood) in vendors.items():
            self._vendor(code, settings, mood)
        if self.valkey is not None:
            self._valkey()
            self._database()
        self.people = [
            one.id for one in subjects.create_many(
                by=BY, controller_id=made.id, new=[_new(n) for n in range(self.number)]
            )
        ]  # fmt: skip
        return self

    def _vendor(self, code: str, settings: dict[str, Any], mood: dict[str, Any]) -> None:
        account = self.laboratory.account("generic", f"{self.slug}-{code}")
        account.numbered(self.number)
        account.mood(**mood)
        self.accounts[code] = account
        self._system(code, "http", "secret", settings | {"url": account.url})

    def _valkey(self) -> None:
        with self.valkey.client() as client:
            client.mset({f"{self.slug}:{email(n)}": "x" for n in range(self.number)})
        self._system("cache", "valkey", PASSWORD, {
            "host": "127.0.0.1", "port": self.valkey.port, "tls": "disable", "batch": 20,
            "keys": [{"pattern": f"{self.slug}:{{email}}"}], "done": f"done-{self.slug}:",
        })  # fmt: skip

    def _database(self) -> None:
        """A schema of its own; a trigger counts what really goes."""
        name = sql.Identifier(self.slug)
        with self.house.superuser() as superuser:
            superuser.execute(sql.SQL(SCHEMA).format(name, sql.Identifier(self.house.login)))
            superuser.execute(sql.SQL("SET search_path = {}").format(name))
            superuser.execute(
                "INSERT INTO customers SELECT 'p' || n || '@people.example'"
                " FROM generate_series(0, %s - 1) n", [self.number],
            )  # fmt: skip
        system = self._system("crm", "postgresql", "", {
            "host": str(self.house.places.sockets), "port": 5432, "database": self.house.name,
            "user": self.house.login, "schema": self.slug, "tls": "disable",
            "batch": 20, "keys": "erasures", "tables": {"customers": {"match": {"email": "email"}}},
        })  # fmt: skip
        ways.accept_shape(by=BY, connector=system)

    def _system(self, code: str, kind: str, secret: str, settings: dict[str, Any]) -> Any:
        new = systems.NewSystem(code=code, name=code.title(), kind="silent")
        made = systems.record_system(by=BY, controller_id=self.id, new=new)
        return ways.record_connector(
            by=BY, controller_id=self.id, system_id=made.id, kind=kind, settings=settings,
            secret=secret,
        )  # fmt: skip

    def unclosed(self) -> int:
        return Case.objects.filter(controller_id=self.id).exclude(state="closed").count()

    def steps(self) -> Any:
        return Step.objects.filter(controller_id=self.id).select_related("system")

    def seen(self) -> dict[str, Any]:
        """Everything that must be as in a run that nothing disturbs, by what it is about."""
        number = {one: n for n, one in enumerate(self.people)}
        cases = Case.objects.filter(controller_id=self.id)
        found: dict[str, Any] = {
            "cases": Counter((number[c.subject_id], c.state) for c in cases),
            "steps": Counter((s.system.code, number[s.subject_id], s.state) for s in self.steps()),
            "marks": self._marks(number),
        }
        for code, account in self.accounts.items():
            counts = account.counts()
            found[f"{code}: effects"], found[f"{code}: left"] = counts["effects"], counts["left"]
        return found | (self._elsewhere() if self.valkey is not None else {})

    def _marks(self, number: dict[UUID, int]) -> Counter[Any]:
        """Tries may be more, and what failed is tried again; no other effect is recorded twice."""
        rows = Mark.objects.filter(controller_id=self.id).exclude(kind__in=("sent", "failed"))
        said = rows.values_list("step__system__code", "step__subject_id", "kind", "round")
        return Counter((code, number[who], kind, turn) for code, who, kind, turn in said)

    def _elsewhere(self) -> dict[str, Any]:
        with self.valkey.client() as client:
            left = sorted(client.scan_iter(f"{self.slug}:*", count=1000))
            done = len(list(client.scan_iter(f"done-{self.slug}:*", count=1000)))
        with self.house.superuser() as superuser:
            superuser.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.slug)))
            rows = superuser.execute("SELECT email, count(*) FROM gone GROUP BY email").fetchall()
            kept = superuser.execute("SELECT email FROM customers").fetchall()
            keys = superuser.execute("SELECT count(*) FROM erasures").fetchone()
        return {
            "cache: left": left, "cache: keys": done, "crm: left": kept, "crm: keys": keys,
            "crm: effects": dict(rows),
        }  # fmt: skip

    def repeats(self) -> tuple[int, int, list[str]]:
        """Calls to the careless vendor beyond one, how many were reported, and those that were not
        reported."""
        asked = self.accounts[CARELESS].counts()["asked"]
        steps = {s.subject_id: s for s in self.steps() if s.system.code == CARELESS}
        told = [(n, asked.get(email(n), 0) - 1, steps[who].possible_repeats)
                for n, who in enumerate(self.people)]  # fmt: skip
        unreported = [
            f"p{n}: {more} more, {said} reported" for n, more, said in told if more > said
        ]
        return sum(more for _, more, _ in told), sum(said for *_, said in told), unreported


SCHEMA = """
CREATE SCHEMA {0}; SET search_path = {0};
CREATE TABLE customers (email varchar(100) PRIMARY KEY);
CREATE TABLE gone (email varchar(100));
CREATE TABLE erasures (key varchar(200) PRIMARY KEY);
CREATE FUNCTION {0}.goes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
$$ BEGIN INSERT INTO {0}.gone VALUES (OLD.email); RETURN OLD; END $$;
CREATE TRIGGER goes AFTER DELETE ON customers FOR EACH ROW EXECUTE FUNCTION {0}.goes();
GRANT USAGE ON SCHEMA {0} TO {1};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO {1}
"""


def email(number: int) -> str:
    return f"p{number}@people.example"


def _new(number: int) -> subjects.NewSubject:
    return subjects.NewSubject(
        identifiers=(("email", email(number)),), residence="IN", age_state="adult",
        age_assurance="declared",
    )  # fmt: skip


def reconnected(ask: Any) -> Any:
    """The connection of this process may be cut, and the server be gone for a while, too."""
    found = []

    def tried() -> bool:
        try:
            found.append(ask())
        except Error:
            connection.close()
            return False
        return True

    wait_until(tried, pause=0.2)
    return found[0]
