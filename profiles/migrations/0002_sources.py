"""What holds records to their persons and sources, and how they are stored."""

import django.db.models.deletion
from django.db import migrations, models

from subjects.tenancy import belongs_together

RECORDS = ("profiles_profilerecord", "profiles_formerrecord")


def of_one_source(table: str) -> tuple[str, str]:
    """A foreign key of (controller, source) pairs for `table`, and its reverse (P9)."""
    name = f"{table}_own_source"
    create = (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (controller_id, source_id) "
        "REFERENCES registry_system (controller_id, id) DEFERRABLE INITIALLY IMMEDIATE"
    )
    return create, f"ALTER TABLE {table} DROP CONSTRAINT {name}"


def stored_as_it_is(table: str) -> tuple[str, str]:
    """What is sealed cannot be compressed, and a person's whole profile stays with its row."""
    return (
        f"ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL, "
        "ALTER COLUMN codes SET STORAGE MAIN; "
        f"ALTER TABLE {table} SET (toast_tuple_target = 8160)",
        f"ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTENDED, "
        "ALTER COLUMN codes SET STORAGE EXTENDED; "
        f"ALTER TABLE {table} RESET (toast_tuple_target)",
    )


# What a value is, and how carefully it is handled, is decided once: values are stored by it.
FIXED = """
CREATE FUNCTION profiles_guard_attribute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.controller_id, NEW.code, NEW.kind, NEW.sensitivity)
       IS DISTINCT FROM (OLD.controller_id, OLD.code, OLD.kind, OLD.sensitivity)
     OR (NEW.is_active AND NOT OLD.is_active) THEN
    RAISE EXCEPTION 'an attribute stays what it was defined as' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fixed BEFORE UPDATE ON profiles_attributedefinition
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_attribute();
"""
FREE = """
DROP TRIGGER fixed ON profiles_attributedefinition;
DROP FUNCTION profiles_guard_attribute();
"""


def loose(name: str, to: str, model: str) -> migrations.AlterField:
    """A key whose pair with the controller is held instead."""
    return migrations.AlterField(
        model_name=model,
        name=name,
        field=models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=to,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("profiles", "0001_initial"), ("registry", "0006_adapters")]

    operations = [
        *(
            loose(name, to, model)
            for model in ("profilerecord", "formerrecord")
            for name, to in (("controller", "accounts.controller"), ("source", "registry.system"))
        ),
        loose("subject", "subjects.subject", "profilerecord"),
        migrations.AddConstraint(
            model_name="attributedefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "choice"), models.Q(("choices", []), _negated=True))
                | models.Q(models.Q(("kind", "choice"), _negated=True), ("choices", [])),
                name="profiles_attribute_choices_fit",
            ),
        ),
        *(migrations.RunSQL(*belongs_together(table)) for table in RECORDS),
        *(migrations.RunSQL(*of_one_source(table)) for table in RECORDS),
        *(migrations.RunSQL(*stored_as_it_is(table)) for table in RECORDS),
        migrations.RunSQL(FIXED, FREE),
    ]
