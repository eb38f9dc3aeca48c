"""What holds connectors and the order of systems together."""

from django.db import migrations


def of_one_controller(table: str, column: str) -> migrations.RunSQL:
    """A row and the system it names are of one controller (P9)."""
    name = f"{table}_own_{column.removesuffix('_id')}"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (controller_id, {column}) "
        "REFERENCES registry_system (controller_id, id) DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


# Two that close a circle together would not see each other: one controller's come one by one.
NO_WAY_ROUND = """
CREATE FUNCTION registry_refuse_way_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('registry_wait' || NEW.controller_id::text, 0));
  IF EXISTS (
    WITH RECURSIVE onward(id) AS (
      SELECT NEW.after_id
      UNION
      SELECT w.after_id FROM registry_wait w JOIN onward o ON w.system_id = o.id
    )
    SELECT FROM onward WHERE id = NEW.system_id
  ) THEN
    RAISE EXCEPTION 'a system cannot wait for one that waits for it' USING ERRCODE = 'SL001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER no_way_round AFTER INSERT OR UPDATE ON registry_wait
  FOR EACH ROW EXECUTE FUNCTION registry_refuse_way_round();
"""
ANY_WAY = """
DROP TRIGGER no_way_round ON registry_wait;
DROP FUNCTION registry_refuse_way_round();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_connectors")]

    operations = [
        of_one_controller("registry_connector", "system_id"),
        of_one_controller("registry_wait", "system_id"),
        of_one_controller("registry_wait", "after_id"),
        migrations.RunSQL(NO_WAY_ROUND, ANY_WAY),
    ]
