"""What holds holds, retention, the vault and notices."""

from django.db import migrations

from keys.ledger import REFUSED_SQLSTATE
from subjects.tenancy import belongs_together

# The vault: what is in it is only destroyed, and an access is decided once and read in its time.
VAULT = (
    f"""
    CREATE FUNCTION erasure_vaultitem_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
            RAISE EXCEPTION 'what was in the vault stays on record'
                USING ERRCODE = '{REFUSED_SQLSTATE}';
        END IF;
        IF OLD.destroyed_at IS NOT NULL
           OR (NEW.id, NEW.controller_id, NEW.subject_id, NEW.case_id, NEW.category, NEW.element,
               NEW.citation, NEW.destroy_on, NEW.stored_at)
              IS DISTINCT FROM (OLD.id, OLD.controller_id, OLD.subject_id, OLD.case_id,
               OLD.category, OLD.element, OLD.citation, OLD.destroy_on, OLD.stored_at)
           OR NEW.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed
        THEN
            RAISE EXCEPTION 'what is in the vault is only destroyed'
                USING ERRCODE = '{REFUSED_SQLSTATE}';
        END IF;
        RETURN NEW;
    END
    $body$;

    CREATE FUNCTION erasure_vaultaccess_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
            RAISE EXCEPTION 'an access stays on record' USING ERRCODE = '{REFUSED_SQLSTATE}';
        END IF;
        IF (NEW.id, NEW.controller_id, NEW.subject_id, NEW.ground, NEW.citation, NEW.matter,
            NEW.reason, NEW.asked_at, NEW.asked_by, NEW.expires_at)
           IS DISTINCT FROM (OLD.id, OLD.controller_id, OLD.subject_id, OLD.ground, OLD.citation,
            OLD.matter, OLD.reason, OLD.asked_at, OLD.asked_by, OLD.expires_at)
           OR OLD.approved_at IS NOT NULL AND NEW.approved_at IS DISTINCT FROM OLD.approved_at
           OR OLD.approved_by <> '' AND NEW.approved_by <> OLD.approved_by
           OR OLD.refused_at IS NOT NULL AND NEW.refused_at IS DISTINCT FROM OLD.refused_at
           OR NEW.approved_at IS NOT NULL AND NEW.refused_at IS NOT NULL
           OR OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at
           OR NEW.read_at IS NOT NULL AND NEW.approved_at IS NULL
        THEN
            RAISE EXCEPTION 'an access is decided once' USING ERRCODE = '{REFUSED_SQLSTATE}';
        END IF;
        RETURN NEW;
    END
    $body$;
    """
    + "".join(
        f"CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {table}_guard();"
        f"CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {table}_guard();"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard;"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_truncate;"
        for table in ("erasure_vaultitem", "erasure_vaultaccess")
    ),
    "".join(
        f"DROP TRIGGER guard ON {table}; DROP TRIGGER guard_truncate ON {table};"
        f"DROP FUNCTION {table}_guard();"
        for table in ("erasure_vaultitem", "erasure_vaultaccess")
    ),
)


# Holds and rules: what they are never changes; a notice counts only if it came in time (r.8(2)).
KEEPING = (
    f"""
    CREATE FUNCTION erasure_hold_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL
           OR (NEW.id, NEW.controller_id, NEW.subject_id, NEW.scope_type, NEW.scope, NEW.matter,
               NEW.authority, NEW.citation, NEW.set_at, NEW.set_by)
              IS DISTINCT FROM (OLD.id, OLD.controller_id, OLD.subject_id, OLD.scope_type,
               OLD.scope, OLD.matter, OLD.authority, OLD.citation, OLD.set_at, OLD.set_by)
        THEN
            RAISE EXCEPTION 'a hold is only reviewed or lifted'
                USING ERRCODE = '{REFUSED_SQLSTATE}';
        END IF;
        RETURN NEW;
    END
    $body$;

    CREATE FUNCTION erasure_retentionrule_guard() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.ended_on IS NOT NULL
           OR (to_jsonb(NEW) - 'ended_on') <> (to_jsonb(OLD) - 'ended_on')
        THEN
            RAISE EXCEPTION 'a retention rule is only ended'
                USING ERRCODE = '{REFUSED_SQLSTATE}';
        END IF;
        RETURN NEW;
    END
    $body$;
    """
    + "".join(
        f"CREATE TRIGGER guarded BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {table}_guard();"
        for table in ("erasure_hold", "erasure_retentionrule")
    )
    + "ALTER TABLE erasure_inactivitynotice ADD CONSTRAINT erasure_notice_in_time CHECK "
    "(ended_how <> 'purged' OR delivered_at IS NOT NULL "
    "AND purge_at - delivered_at >= interval '48 hours' AND ended_at >= purge_at);",
    "ALTER TABLE erasure_inactivitynotice DROP CONSTRAINT erasure_notice_in_time;"
    + "".join(
        f"DROP TRIGGER guarded ON {table}; DROP FUNCTION {table}_guard();"
        for table in ("erasure_hold", "erasure_retentionrule")
    ),
)


class Migration(migrations.Migration):
    dependencies = [("erasure", "0003_steps")]

    operations = [
        migrations.RunSQL(*KEEPING),
        migrations.RunSQL(*belongs_together("erasure_hold")),
        migrations.RunSQL(*belongs_together("erasure_inactivitynotice")),
        migrations.RunSQL(*VAULT),
        migrations.RunSQL(*belongs_together("erasure_vaultitem")),
        migrations.RunSQL(*belongs_together("erasure_vaultaccess")),
    ]
