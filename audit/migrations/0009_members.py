"""The people of entries that are about thousands, and how one of them is found.

The ids lie outside the row and uncompressed, so that looking for one reads a few pages of them.
"""

from django.db import migrations, models

SEARCH = """
ALTER TABLE audit_members ALTER COLUMN ids SET STORAGE EXTERNAL;

CREATE FUNCTION audit_place_among(ids bytea, wanted uuid) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
  sought bytea := uuid_send(wanted); found bytea;
  low integer := 0; high integer := length(ids) / 16 - 1; middle integer;
BEGIN
  WHILE low <= high LOOP
    middle := (low + high) / 2;
    found := substring(ids FROM 16 * middle + 1 FOR 16);
    IF found = sought THEN
      RETURN middle;
    ELSIF found < sought THEN
      low := middle + 1;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION audit_place_among(bytea, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_place_among(bytea, uuid) TO sammati_app;
"""
REVERSE = "DROP FUNCTION audit_place_among(bytea, uuid)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_ascending")]

    operations = [
        migrations.CreateModel(
            name="Members",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        editable=False,
                        help_text="The entry's id.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("controller_id", models.UUIDField()),
                ("lowest", models.UUIDField()),
                ("highest", models.UUIDField()),
                (
                    "ids",
                    models.BinaryField(help_text="Subject ids, 16 bytes each, ascending."),
                ),
            ],
            options={
                "verbose_name_plural": "members",
                "indexes": [
                    models.Index(fields=["controller_id", "id"], name="audit_members_by_log")
                ],
            },
        ),
        migrations.RunSQL(SEARCH, REVERSE),
    ]
