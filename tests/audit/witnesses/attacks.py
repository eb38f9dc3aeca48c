"""What somebody may do who is a superuser of the database and holds the log's keys."""

from contextlib import contextmanager

TABLES = ("audit_tree", "audit_bundle", "audit_tile", "audit_checkpoint", "audit_cosignature",
          "audit_witnessfeed", "audit_alarm")  # fmt: skip


class Attacker:
    """Takes backups and puts them back, past every trigger."""

    def __init__(self, superuser):
        self._do = superuser.execute
        self._do("DROP SCHEMA IF EXISTS backup CASCADE")
        self._do("CREATE SCHEMA backup")

    def back_up(self, name="one"):
        for table in TABLES:
            self._do(f"CREATE TABLE backup.{name}_{table} AS TABLE {table}")

    def roll_back(self, name="one"):
        for table in TABLES:
            with self.unguarded(table):
                self._do(f"DELETE FROM {table}")
                self._do(f"INSERT INTO {table} SELECT * FROM backup.{name}_{table}")

    @contextmanager
    def unguarded(self, table):
        found = self._do(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'",
            [table],
        )
        names = [row[0] for row in found.fetchall()]
        for name in names:
            self._do(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        try:
            yield self._do
        finally:
            for name in names:
                self._do(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")

    def leave(self):
        self._do("DROP SCHEMA backup CASCADE")
