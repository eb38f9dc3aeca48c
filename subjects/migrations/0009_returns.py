"""A tombstone is set once and lifted once; what came in of an erased person is only settled."""

from django.db import migrations, models

from keys.ledger import REFUSED_SQLSTATE

_FUNCTIONS = f"""
CREATE FUNCTION subjects_tombstone_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'a tombstone stays' USING ERRCODE = '{REFUSED_SQLSTATE}';
    END IF;
    IF OLD.lifted_at IS NOT NULL
       OR (NEW.id, NEW.controller_id, NEW.scheme, NEW.digest, NEW.digest_version, NEW.case_id,
           NEW.set_at)
          IS DISTINCT FROM (OLD.id, OLD.controller_id, OLD.scheme, OLD.digest,
           OLD.digest_version, OLD.case_id, OLD.set_at)
       OR NEW.lifted_at < OLD.set_at
       OR NEW.lifted_how NOT IN ('signed_in', 'link_followed', 'called_off')
    THEN
        RAISE EXCEPTION 'a tombstone is only lifted, once' USING ERRCODE = '{REFUSED_SQLSTATE}';
    END IF;
    RETURN NEW;
END
$body$;

CREATE FUNCTION subjects_quarantined_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'an arrival stays' USING ERRCODE = '{REFUSED_SQLSTATE}';
    END IF;
    IF OLD.settled_at IS NOT NULL
       OR (NEW.id, NEW.controller_id, NEW.tombstone_id, NEW.source, NEW.kind, NEW.first_at)
          IS DISTINCT FROM (OLD.id, OLD.controller_id, OLD.tombstone_id, OLD.source, OLD.kind,
           OLD.first_at)
       OR NEW.times < OLD.times OR NEW.last_at < OLD.last_at
    THEN
        RAISE EXCEPTION 'an arrival is only counted and settled'
            USING ERRCODE = '{REFUSED_SQLSTATE}';
    END IF;
    RETURN NEW;
END
$body$;
"""

_TABLES = ("subjects_tombstone", "subjects_quarantined")


def _triggers() -> str:
    return "".join(
        f"CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {table}_guard();"
        f"CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {table}_guard();"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard;"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_truncate;"
        for table in _TABLES
    )


def _reverse() -> str:
    return "".join(
        f"DROP TRIGGER guard ON {table}; DROP TRIGGER guard_truncate ON {table};"
        f"DROP FUNCTION {table}_guard();"
        for table in _TABLES
    )


class Migration(migrations.Migration):
    dependencies = [("subjects", "0008_tombstones")]

    operations = [
        migrations.AddConstraint(
            model_name="quarantined",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("settled_by", "")),
                    models.Q(
                        ("settled_at__isnull", False), models.Q(("settled_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="subjects_quarantined_settled_whole",
            ),
        ),
        migrations.RunSQL(_FUNCTIONS + _triggers(), _reverse()),
    ]
