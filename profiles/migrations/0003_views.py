"""What holds versions of the views together."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from accounts.stamp import moves_stamp

BELONGS = (
    ("profiles_seat", "role_id", "profiles_readerrole"),
    ("profiles_viewrule", "role_id", "profiles_readerrole"),
    ("profiles_viewrule", "version_id", "profiles_viewversion"),
    ("profiles_viewversion", "restores_id", "profiles_viewversion"),
)
STAMPED = ("profiles_readerrole", "profiles_seat", "profiles_viewversion")

VERSIONS = """
CREATE FUNCTION profiles_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{ended_at,ended_by}';
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a version of the views is never deleted' USING ERRCODE = 'SL001';
  END IF;
  IF OLD.approved_at IS NULL THEN
    may_change := '{ended_at,ended_by,authors,changed_at,previewed_at,previewed_by,'
                  'approved_at,approved_by,note}';
  END IF;
  IF OLD.ended_at IS NOT NULL
     OR (to_jsonb(NEW) - may_change) IS DISTINCT FROM (to_jsonb(OLD) - may_change)
     OR NOT OLD.authors <@ NEW.authors THEN
    RAISE EXCEPTION 'this version of the views never changes' USING ERRCODE = 'SL001';
  END IF;
  IF OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL AND NEW.restores_id IS NULL
     AND NEW.approved_by = ANY (NEW.authors) THEN
    RAISE EXCEPTION 'who wrote views does not approve them' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON profiles_viewversion
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_version();
ALTER TABLE profiles_viewversion ENABLE ALWAYS TRIGGER frozen;
"""
FREE_VERSIONS = """
DROP TRIGGER frozen ON profiles_viewversion;
DROP FUNCTION profiles_guard_version();
"""

# A rule belongs to a draft, and whatever changes in a draft was not previewed.
RULES = """
CREATE FUNCTION profiles_guard_rule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  draft profiles_viewversion;
  one uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
BEGIN
  SELECT * INTO draft FROM profiles_viewversion WHERE id = one FOR UPDATE;
  IF draft.approved_at IS NOT NULL OR draft.ended_at IS NOT NULL
     OR (TG_OP = 'UPDATE' AND OLD.version_id <> NEW.version_id) THEN
    RAISE EXCEPTION 'rules change in a draft alone' USING ERRCODE = 'SL001';
  END IF;
  IF draft.previewed_at IS NOT NULL THEN
    UPDATE profiles_viewversion SET previewed_at = NULL, previewed_by = '' WHERE id = one;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON profiles_viewrule
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_rule();
ALTER TABLE profiles_viewrule ENABLE ALWAYS TRIGGER frozen;
"""
FREE_RULES = """
DROP TRIGGER frozen ON profiles_viewrule;
DROP FUNCTION profiles_guard_rule();
"""

SEATS = """
CREATE FUNCTION profiles_guard_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ends_at <= now()
     OR (to_jsonb(NEW) - '{ends_at,ended_by}'::text[])
        IS DISTINCT FROM (to_jsonb(OLD) - '{ends_at,ended_by}'::text[])
     OR NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at THEN
    RAISE EXCEPTION 'a seat only ends' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON profiles_seat
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_seat();
ALTER TABLE profiles_seat ENABLE ALWAYS TRIGGER frozen;
CREATE FUNCTION profiles_guard_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a code never changes' USING ERRCODE = 'SL001';
END $$;
CREATE TRIGGER frozen_code BEFORE UPDATE OF code, controller_id ON profiles_readerrole
  FOR EACH ROW
  WHEN ((OLD.code, OLD.controller_id) IS DISTINCT FROM (NEW.code, NEW.controller_id))
  EXECUTE FUNCTION profiles_guard_role();
ALTER TABLE profiles_readerrole ENABLE ALWAYS TRIGGER frozen_code;
"""
FREE_SEATS = """
DROP TRIGGER frozen_code ON profiles_readerrole;
DROP FUNCTION profiles_guard_role();
DROP TRIGGER frozen ON profiles_seat;
DROP FUNCTION profiles_guard_seat();
"""


def together(table: str, column: str, other: str) -> migrations.RunSQL:
    """A row and the row that it names are of one controller (P9)."""
    name = f"{table}_{column}_one_controller"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (controller_id, {column}) "
        f"REFERENCES {other} (controller_id, id) DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def both_or_neither(at: str, by: str, name: str) -> models.CheckConstraint:
    """A moment, or a row, and who is behind it."""
    filled = Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})
    return models.CheckConstraint(condition=Q(**{at: None, by: ""}) | filled, name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_catalogue_stamp"), ("profiles", "0002_sources")]

    operations = [
        migrations.AlterModelOptions(
            "readerrole",
            {"ordering": ["code", "id"], "verbose_name": "reader’s role",
             "verbose_name_plural": "readers’ roles"},
        ),
        migrations.AlterModelOptions(
            "viewversion",
            {"ordering": ["-number", "id"], "verbose_name": "version of the views",
             "verbose_name_plural": "versions of the views"},
        ),
        migrations.AlterModelOptions(
            "viewrule",
            {"ordering": ["id"], "verbose_name": "rule of a view",
             "verbose_name_plural": "rules of views"},
        ),
        migrations.AlterModelOptions(
            "formerrecord",
            {"ordering": ["id"], "verbose_name": "former values",
             "verbose_name_plural": "former values"},
        ),
        migrations.AddField(
            "viewversion",
            "authors",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), default=list,
                help_text="Ids of everybody who drafted it or changed a rule.", size=None,
            ),
        ),
        migrations.AddField(
            "viewversion", "previewed_by", models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            "viewversion", "ended_by", models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            "viewversion", "restored_by", models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            "viewversion",
            "restores",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="profiles.viewversion",
            ),
        ),
        migrations.AddConstraint(
            "readerrole",
            models.UniqueConstraint(
                fields=["controller", "id"], name="profiles_role_by_controller"
            ),
        ),
        migrations.AddConstraint(
            "viewversion",
            models.UniqueConstraint(
                fields=["controller", "id"], name="profiles_view_by_controller"
            ),
        ),
        migrations.AddConstraint(
            "viewversion",
            models.UniqueConstraint(
                fields=["controller"],
                condition=Q(approved_at=None, ended_at=None, restores=None),
                name="profiles_view_one_draft",
            ),
        ),
        migrations.AddConstraint(
            "viewversion",
            both_or_neither(
                "previewed_at", "previewed_by", "profiles_view_previewed_by_somebody"
            ),
        ),
        migrations.AddConstraint(
            "viewversion",
            both_or_neither("ended_at", "ended_by", "profiles_view_ended_by_somebody"),
        ),
        migrations.AddConstraint(
            "viewversion",
            both_or_neither("restores", "restored_by", "profiles_view_restored_by_somebody"),
        ),
        migrations.AddConstraint(
            "seat", both_or_neither("ends_at", "ended_by", "profiles_seat_ended_by_somebody")
        ),
        *(together(*pair) for pair in BELONGS),
        migrations.RunSQL(VERSIONS, FREE_VERSIONS),
        migrations.RunSQL(RULES, FREE_RULES),
        migrations.RunSQL(SEATS, FREE_SEATS),
        *(migrations.RunSQL(*moves_stamp(table)) for table in STAMPED),
    ]  # fmt: skip
