"""PostgreSQL's upkeep of months of the log, where lines are added and never change.

By its own measure it vacuums and analyses a young month again and again: at ten thousand decisions
a second that took up to half of what the decisions themselves take of its processor. A month needs
a vacuum for freezing and for reading the index alone, and statistics only where one searches.
Payloads are read by their id alone, which its unique index tells enough of.
"""

from django.db import migrations

CALM = """
CREATE FUNCTION audit_calm_partition(part regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  field name;
BEGIN
  EXECUTE format(
    'ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = 1000000, '
    'autovacuum_analyze_threshold = 50000)', part);
  IF part IN (SELECT relid FROM pg_partition_tree('public.audit_payload')) THEN
    FOR field IN SELECT attname FROM pg_attribute
                 WHERE attrelid = part AND attnum > 0 AND NOT attisdropped LOOP
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', part, field);
    END LOOP;
  END IF;
END $$;
REVOKE ALL ON FUNCTION audit_calm_partition(regclass) FROM PUBLIC;

SELECT audit_calm_partition(relid)
FROM unnest(ARRAY['audit_payload', 'audit_entryindex']::regclass[]) AS parent,
  pg_partition_tree(parent) WHERE isleaf;
"""

AGAIN = """
DO $$
DECLARE
  part regclass; field name;
BEGIN
  FOR part, field IN
    SELECT relid, attname FROM unnest(ARRAY['audit_payload', 'audit_entryindex']::regclass[]) AS parent,
      pg_partition_tree(parent) JOIN pg_attribute ON attrelid = relid
    WHERE isleaf AND attnum > 0 AND NOT attisdropped
  LOOP
    EXECUTE format(
      'ALTER TABLE %s RESET (autovacuum_vacuum_insert_threshold, autovacuum_analyze_threshold)', part);
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS -1', part, field);
  END LOOP;
END $$;
DROP FUNCTION audit_calm_partition(regclass);
"""

CALMED = """
        PERFORM audit_calm_partition(format('%I', part)::regclass);"""
PARTITIONS = """
CREATE OR REPLACE FUNCTION audit_ensure_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  parent text; class text; wanted date; part text; made integer := 0;
BEGIN
  IF months < 1 OR months > 60 THEN
    RAISE EXCEPTION 'between 1 and 60 months';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit_ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['audit_payload', 'audit_entryindex'] LOOP
    FOREACH class IN ARRAY ARRAY['rc1', 'rc2', 'rc3'] LOOP
      FOR i IN 0 .. months - 1 LOOP
        wanted := (date_trunc('month', first::timestamp) + make_interval(months => i))::date;
        part := format('%s_%s_%s', parent, class, to_char(wanted, 'YYYYMM'));
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        -- A month that has ended does not come back: nothing may be added to it.
        CONTINUE WHEN EXISTS (SELECT FROM audit_dropped d
                              WHERE d.retention_class = class AND d.month = wanted);
        EXECUTE format(
          'CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
          part, parent || '_' || class, audit_month_bound(wanted),
          audit_month_bound((wanted + interval '1 month')::date));{calmed}
        IF parent = 'audit_payload' THEN
          PERFORM sammati_protect_partition(format('%I', part)::regclass);
        END IF;
        made := made + 1;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0011_hold_everybody")]

    operations = [
        migrations.RunSQL(CALM, AGAIN),
        migrations.RunSQL(PARTITIONS.format(calmed=CALMED), PARTITIONS.format(calmed="")),
    ]
