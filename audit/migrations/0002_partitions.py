"""Monthly partitions of the payloads, and the two functions that alone may add or drop them.

`audit_ensure_partitions` may be called by the app: a missing partition would stop every decision.
`audit_drop_partition` may be called by the retention role only, and drops nothing that is younger
than the class's floor.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION audit_month_bound(month date) RETURNS uuid LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public AS $$
  SELECT (lpad(to_hex((extract(epoch FROM (month::timestamp AT TIME ZONE 'UTC')) * 1000)::bigint), 12, '0')
          || repeat('0', 20))::uuid
$$;

CREATE FUNCTION audit_ensure_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  class text; month date; part text; made integer := 0;
BEGIN
  IF months < 1 OR months > 60 THEN
    RAISE EXCEPTION 'between 1 and 60 months';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit_ensure_partitions'));
  FOREACH class IN ARRAY ARRAY['rc1', 'rc2'] LOOP
    FOR i IN 0 .. months - 1 LOOP
      month := (date_trunc('month', first) + make_interval(months => i))::date;
      part := format('audit_payload_%s_%s', class, to_char(month, 'YYYYMM'));
      CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
      EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
        part, 'audit_payload_' || class, audit_month_bound(month),
        audit_month_bound((month + interval '1 month')::date));
      PERFORM sammati_protect_partition(format('%I', part)::regclass);
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_ensure_partitions(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_ensure_partitions(date, integer) TO sammati_app;

CREATE FUNCTION audit_drop_partition(class text, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  floor interval := CASE class WHEN 'rc1' THEN interval '7 years' WHEN 'rc2' THEN interval '1 year' END;
  part text := format('audit_payload_%s_%s', class, to_char(month, 'YYYYMM'));
BEGIN
  IF floor IS NULL THEN
    RAISE EXCEPTION 'unknown retention class';
  END IF;
  IF date_trunc('month', month) + interval '1 month' + floor > now() THEN
    RAISE EXCEPTION 'younger than the floor of its retention class';
  END IF;
  IF to_regclass('public.' || part) IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE public.%I', part);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION audit_drop_partition(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_drop_partition(text, date) TO sammati_retention;

SELECT audit_ensure_partitions((now() - interval '1 month')::date, 18);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION audit_drop_partition(text, date);"
            "DROP FUNCTION audit_ensure_partitions(date, integer);"
            "DROP FUNCTION audit_month_bound(date);",
        )
    ]
