"""The end of payloads and of index lines.

A month of a class ends by one function, callable by the retention role only: it keeps aside what is
held, drops the rest and records it in each log, in one transaction. What is held moves to the class
`held` of the same two tables, so that whoever looks for an entry's payload finds it there.
"""

from django.db import migrations, models

from keys.ids import uuid7
from keys.ledger import append_only, protect_partition

TABLES = """
DROP FUNCTION audit_drop_partition(text, date);
REVOKE INSERT ON audit_dropped FROM sammati_app;
CREATE TABLE audit_payload_held PARTITION OF audit_payload FOR VALUES IN ('held')
  PARTITION BY RANGE (id);
CREATE TABLE audit_entryindex_held PARTITION OF audit_entryindex FOR VALUES IN ('held');
"""

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
          audit_month_bound((wanted + interval '1 month')::date));
        IF parent = 'audit_payload' THEN
          PERFORM sammati_protect_partition(format('%I', part)::regclass);
        END IF;
        made := made + 1;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION audit_month_partition(parent text, lo uuid, hi uuid) RETURNS regclass
LANGUAGE sql STABLE AS $$
  -- By its bounds, not by its name: what is dropped holds the month and nothing else.
  SELECT c.oid::regclass FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = to_regclass('public.' || parent)
    AND pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES FROM (%L) TO (%L)', lo, hi)
$$;
"""

COUNTS = """
CREATE FUNCTION audit_month_parts(lo uuid, hi uuid)
RETURNS TABLE (log uuid, ids bytea, classes bytea, is_inside boolean) LANGUAGE sql STABLE AS $$
  SELECT b.controller_id, b.ids, b.classes, b.lowest >= lo AND b.highest < hi
  FROM public.audit_tree t JOIN public.audit_bundle b ON b.controller_id = t.controller_id
  WHERE b.highest >= lo AND b.lowest < hi
  UNION ALL
  SELECT t.controller_id, t.ids, t.classes, false FROM public.audit_tree t
$$;

CREATE FUNCTION audit_month_entries(class_byte integer, lo uuid, hi uuid)
RETURNS TABLE (log uuid, id uuid) LANGUAGE sql STABLE AS $$
  SELECT p.log, encode(substring(p.ids FROM 16 * n + 1 FOR 16), 'hex')::uuid
  FROM public.audit_month_parts(lo, hi) p, generate_series(0, length(p.classes) - 1) n
  WHERE get_byte(p.classes, n) = class_byte
    AND substring(p.ids FROM 16 * n + 1 FOR 16) >= uuid_send(lo)
    AND substring(p.ids FROM 16 * n + 1 FOR 16) < uuid_send(hi)
$$;

CREATE FUNCTION audit_month_counts(class_byte integer, lo uuid, hi uuid)
RETURNS TABLE (log uuid, entries bigint) LANGUAGE sql STABLE AS $$
  -- Bundles that lie inside the month tell by their classes alone; their ids are not read.
  SELECT found.log, sum(found.entries)::bigint FROM (
    SELECT p.log, length(shown) - length(replace(shown, chr(class_byte), '')) AS entries
    FROM public.audit_month_parts(lo, hi) p, LATERAL encode(p.classes, 'escape') AS shown
    WHERE p.is_inside
    UNION ALL
    SELECT p.log, 1 FROM public.audit_month_parts(lo, hi) p, generate_series(0, length(p.classes) - 1) n
    WHERE NOT p.is_inside AND get_byte(p.classes, n) = class_byte
      AND substring(p.ids FROM 16 * n + 1 FOR 16) >= uuid_send(lo)
      AND substring(p.ids FROM 16 * n + 1 FOR 16) < uuid_send(hi)
  ) AS found GROUP BY found.log
$$;
"""

HOLDS = """
CREATE FUNCTION audit_kept(class text, lo uuid, hi uuid, logs uuid[], people uuid[])
RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT i.id FROM unnest(logs, people) AS h(log, person)
  JOIN public.audit_entryindex i ON i.subject_id = h.person AND i.controller_id = h.log
  WHERE i.retention_class = class AND i.id >= lo AND i.id < hi
  UNION
  SELECT i.id FROM public.audit_hold h
  JOIN public.audit_entryindex i ON i.controller_id = h.controller_id AND i.at >= h.since_at
  WHERE h.ended_at IS NULL AND i.retention_class = class AND i.id >= lo AND i.id < hi
  UNION
  -- A payload without its line could be anybody's: while anything is held, it is.
  SELECT p.id FROM public.audit_payload p
  WHERE p.retention_class = class AND p.id >= lo AND p.id < hi
    AND (cardinality(logs) > 0 OR EXISTS (SELECT FROM public.audit_hold WHERE ended_at IS NULL))
    AND NOT EXISTS (SELECT FROM public.audit_entryindex i
                    WHERE i.retention_class = class AND i.id = p.id)
  UNION
  SELECT d.entry_id FROM public.audit_dropped d WHERE d.entry_id >= lo AND d.entry_id < hi
$$;

CREATE FUNCTION audit_held_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  part text := format('audit_payload_held_%s', to_char(month, 'YYYYMM'));
BEGIN
  IF to_regclass('public.' || part) IS NULL THEN
    EXECUTE format(
      'CREATE TABLE public.%I PARTITION OF public.audit_payload_held FOR VALUES FROM (%L) TO (%L)',
      part, audit_month_bound(month), audit_month_bound((month + interval '1 month')::date));
    PERFORM sammati_protect_partition(format('%I', part)::regclass);
  END IF;
END $$;

CREATE FUNCTION audit_move_aside(class text, month date, kept uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  columns text := (
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'public.audit_entryindex'::regclass AND attnum > 0 AND NOT attisdropped
      AND attgenerated = '' AND attname <> 'retention_class');
BEGIN
  PERFORM audit_held_partition(month);
  INSERT INTO audit_payload (id, retention_class, salt, body)
  SELECT id, 'held', salt, body FROM audit_payload
  WHERE retention_class = class AND id = ANY(kept);
  EXECUTE format(
    'INSERT INTO audit_entryindex (retention_class, %1$s) SELECT ''held'', %1$s '
    'FROM audit_entryindex WHERE retention_class = $1 AND id = ANY($2)', columns) USING class, kept;
END $$;

CREATE FUNCTION audit_keep_only(month date, lo uuid, hi uuid, kept uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  part text := format('audit_payload_held_%s', to_char(month, 'YYYYMM'));
  old text := part || '_old';
BEGIN
  DELETE FROM audit_entryindex
  WHERE retention_class = 'held' AND id >= lo AND id < hi AND id <> ALL (kept);
  -- No row of a ledger is ever deleted, not even here: what remains moves to a new partition.
  EXECUTE format('ALTER TABLE audit_payload_held DETACH PARTITION %I', part);
  EXECUTE format('ALTER TABLE %I RENAME TO %I', part, old);
  IF cardinality(kept) > 0 THEN
    PERFORM audit_held_partition(month);
    EXECUTE format('INSERT INTO audit_payload (id, retention_class, salt, body) '
                   'SELECT id, ''held'', salt, body FROM %I WHERE id = ANY($1)', old) USING kept;
  END IF;
  EXECUTE format('DROP TABLE %I', old);
END $$;
"""

NOTE = """
CREATE FUNCTION audit_note_retention(log uuid, event text, actor_type text, actor_id text,
  class text, month date, died bigint, gone bigint, kept bytea) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  made timestamptz := clock_timestamp();
  noise text := replace(gen_random_uuid()::text, '-', '');
  entry uuid := (lpad(to_hex(floor(extract(epoch FROM made) * 1000)::bigint), 12, '0')
                 || '7' || substr(noise, 14))::uuid;
  salt bytea := uuid_send(gen_random_uuid());
  target text := class || '/' || to_char(month, 'YYYY-MM');
  -- The canonical form (audit/canonical.py): keys sorted, no spaces, ASCII.
  body bytea := convert_to(format(
    '{"actor":{"id":"%s","type":"%s"},"at":%s,"data":{"class":"%s","count":%s,"held":%s,'
    '"held_sha256":"%s","lost":%s,"month":"%s"},"event":"%s","id":"%s",'
    '"target":{"id":"%s","type":"retention"}}',
    actor_id, actor_type, (extract(epoch FROM made) * 1000000)::bigint, class, died,
    length(kept) / 16, encode(sha256(kept), 'hex'), gone, to_char(month, 'YYYY-MM'), event, entry,
    target), 'UTF8');
BEGIN
  INSERT INTO audit_dropped (entry_id, controller_id, retention_class, month, count, lost, held, at)
  VALUES (entry, log, class, month, died, gone, kept, made);
  INSERT INTO audit_pending (controller_id, ids, entries, classes)
  VALUES (log, uuid_send(entry), sha256(salt || body), '\\x01');
  INSERT INTO audit_payload (id, retention_class, salt, body) VALUES (entry, 'rc1', salt, body);
  INSERT INTO audit_entryindex (id, retention_class, controller_id, at, event, actor_type, actor_id,
    target_type, target_id, purpose, outcome, reason_code)
  VALUES (entry, 'rc1', log, made, event, actor_type, actor_id, 'retention', target, '', '', '');
END $$;

CREATE FUNCTION audit_begin_retention(actor_type text, actor_id text, logs uuid[], people uuid[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF actor_type NOT IN ('officer', 'service', 'system') OR actor_id !~ '^[A-Za-z0-9._:-]{1,80}$' THEN
    RAISE EXCEPTION 'not an actor';
  END IF;
  IF cardinality(logs) IS DISTINCT FROM cardinality(people) THEN
    RAISE EXCEPTION 'a hold names a log and a person';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit_retention'));
  -- Who records waits behind us: less than the second after which a deadlock would be looked for.
  PERFORM set_config('lock_timeout', '500ms', true);
END $$;
"""

DROP = """
CREATE FUNCTION audit_drop_month(class text, day date, actor_type text, actor_id text,
  logs uuid[], people uuid[]) RETURNS TABLE (died bigint, kept bigint, gone bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  floor interval := CASE class WHEN 'rc1' THEN interval '7 years' WHEN 'rc2' THEN interval '1 year'
                               WHEN 'rc3' THEN interval '1 year' END;
  first date; lo uuid; hi uuid; class_byte integer; parts regclass[];
  aside uuid[]; of_logs uuid[]; is_whole boolean; one record; its_kept bytea; its_gone bigint;
BEGIN
  IF floor IS NULL THEN RAISE EXCEPTION 'unknown retention class'; END IF;
  IF day IS NULL OR NOT isfinite(day) OR day < date '1971-01-01' THEN RAISE EXCEPTION 'not a month'; END IF;
  first := date_trunc('month', day::timestamp)::date;
  IF (first + interval '1 month' + floor) AT TIME ZONE 'UTC' > now() THEN
    RAISE EXCEPTION 'younger than the floor of its retention class';
  END IF;
  PERFORM audit_begin_retention(actor_type, actor_id, logs, people);
  lo := audit_month_bound(first);
  hi := audit_month_bound((first + interval '1 month')::date);
  class_byte := substr(class, 3)::integer;
  parts := array_remove(ARRAY[audit_month_partition('audit_payload_' || class, lo, hi),
                              audit_month_partition('audit_entryindex_' || class, lo, hi)], NULL);
  IF cardinality(parts) = 0 THEN
    RETURN;
  END IF;
  FOR one IN SELECT unnest(parts) AS part LOOP
    EXECUTE format('LOCK TABLE %s IN SHARE MODE', one.part);
  END LOOP;
  IF EXISTS (
    SELECT FROM audit_pending w, generate_series(0, length(w.classes) - 1) n
    WHERE get_byte(w.classes, n) = class_byte
      AND substring(w.ids FROM 16 * n + 1 FOR 16) >= uuid_send(lo)
      AND substring(w.ids FROM 16 * n + 1 FOR 16) < uuid_send(hi)
  ) THEN
    RAISE EXCEPTION 'entries of this month wait for their place in the log';
  END IF;

  aside := ARRAY(SELECT p.id FROM audit_payload p
                 WHERE p.retention_class = class AND p.id >= lo AND p.id < hi
                   AND p.id IN (SELECT audit_kept(class, lo, hi, logs, people)) ORDER BY p.id);
  of_logs := ARRAY(SELECT i.controller_id FROM unnest(aside) WITH ORDINALITY AS k(id, n)
                   LEFT JOIN audit_entryindex i ON i.retention_class = class AND i.id = k.id
                   ORDER BY k.n);
  IF array_position(of_logs, NULL) IS NOT NULL THEN
    of_logs := ARRAY(SELECT e.log FROM unnest(aside) WITH ORDINALITY AS k(id, n)
                     LEFT JOIN (SELECT DISTINCT ON (m.id) m.id, m.log
                                FROM audit_month_entries(class_byte, lo, hi) m ORDER BY m.id) e
                       ON e.id = k.id ORDER BY k.n);
  END IF;
  is_whole := (SELECT count(*) FROM audit_payload p
               WHERE p.retention_class = class AND p.id >= lo AND p.id < hi)
            = (SELECT coalesce(sum(c.entries), 0) FROM audit_month_counts(class_byte, lo, hi) c);
  died := 0; gone := 0; kept := cardinality(aside);
  FOR one IN
    WITH counts AS MATERIALIZED (SELECT * FROM audit_month_counts(class_byte, lo, hi))
    SELECT l.log, coalesce(c.entries, 0) AS entries
    FROM (SELECT counts.log FROM counts WHERE counts.entries > 0
          UNION SELECT '00000000-0000-0000-0000-000000000000'::uuid) l
    LEFT JOIN counts c ON c.log = l.log ORDER BY l.log
  LOOP
    its_kept := (SELECT coalesce(string_agg(uuid_send(k.id), '' ORDER BY k.id), '')
                 FROM unnest(aside, of_logs) AS k(id, log) WHERE k.log = one.log);
    its_gone := CASE WHEN is_whole THEN 0 ELSE (
      SELECT count(*) FROM audit_month_entries(class_byte, lo, hi) m
      WHERE m.log = one.log AND NOT EXISTS (
        SELECT FROM audit_payload p WHERE p.retention_class = class AND p.id = m.id)) END;
    PERFORM audit_note_retention(
      one.log, 'retention:dropped', actor_type, actor_id, class, first,
      one.entries - its_gone - length(its_kept) / 16, its_gone, its_kept);
    died := died + one.entries - its_gone - length(its_kept) / 16;
    gone := gone + its_gone;
  END LOOP;
  IF cardinality(aside) > 0 THEN
    PERFORM audit_move_aside(class, first, aside);
  END IF;
  EXECUTE 'DROP TABLE ' || array_to_string(parts, ', ');
  RETURN NEXT;
END $$;

CREATE FUNCTION audit_release_held(actor_type text, actor_id text, logs uuid[], people uuid[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  one record; its date; lo uuid; hi uuid; kept uuid[]; still bytea; freed bigint; total bigint := 0;
BEGIN
  PERFORM audit_begin_retention(actor_type, actor_id, logs, people);
  FOR its IN SELECT DISTINCT d.month FROM audit_dropped d WHERE length(d.held) > 0 ORDER BY 1 LOOP
    lo := audit_month_bound(its);
    hi := audit_month_bound((its + interval '1 month')::date);
    kept := ARRAY(SELECT audit_kept('held', lo, hi, logs, people));
    freed := 0;
    FOR one IN
      SELECT * FROM (
        SELECT DISTINCT ON (d.controller_id, d.retention_class) d.* FROM audit_dropped d
        WHERE d.month = its ORDER BY d.controller_id, d.retention_class, d.id DESC
      ) AS newest WHERE length(newest.held) > 0
    LOOP
      still := (SELECT coalesce(string_agg(part, '' ORDER BY part), '')
                FROM generate_series(0, length(one.held) / 16 - 1) n,
                     LATERAL substring(one.held FROM 16 * n + 1 FOR 16) AS part
                WHERE encode(part, 'hex')::uuid = ANY(kept));
      CONTINUE WHEN still = one.held;
      PERFORM audit_note_retention(
        one.controller_id, 'retention:released', actor_type, actor_id, one.retention_class, its,
        (length(one.held) - length(still)) / 16, 0, still);
      freed := freed + (length(one.held) - length(still)) / 16;
    END LOOP;
    IF freed > 0 AND to_regclass(format('public.audit_payload_held_%s', to_char(its, 'YYYYMM')))
        IS NOT NULL THEN
      PERFORM audit_keep_only(its, lo, hi, kept);
    END IF;
    total := total + freed;
  END LOOP;
  RETURN total;
END $$;
"""

RIGHTS = """
REVOKE ALL ON FUNCTION audit_month_partition(text, uuid, uuid), audit_month_parts(uuid, uuid),
  audit_month_entries(integer, uuid, uuid), audit_month_counts(integer, uuid, uuid),
  audit_kept(text, uuid, uuid, uuid[], uuid[]), audit_held_partition(date),
  audit_move_aside(text, date, uuid[]), audit_keep_only(date, uuid, uuid, uuid[]),
  audit_note_retention(uuid, text, text, text, text, date, bigint, bigint, bytea),
  audit_begin_retention(text, text, uuid[], uuid[]),
  audit_drop_month(text, date, text, text, uuid[], uuid[]),
  audit_release_held(text, text, uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_drop_month(text, date, text, text, uuid[], uuid[]),
  audit_release_held(text, text, uuid[], uuid[]) TO sammati_retention;
"""


BY_MONTH = ["controller_id", "retention_class", "month", "-id"]


def log():
    return ("controller_id", models.UUIDField(help_text="The log."))


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_witnesses")]

    operations = [
        migrations.CreateModel(
            "Hold",
            [
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                log(),
                ("since_at", models.DateTimeField()),
                ("reason", models.CharField(help_text="A code, never free text.", max_length=60)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "Dropped",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entry_id", models.UUIDField(help_text="The entry that records it.", unique=True)),
                log(),
                ("retention_class", models.CharField(max_length=8)),
                ("month", models.DateField(help_text="Its first day, UTC.")),
                ("count", models.BigIntegerField(help_text="How many payloads died.")),
                ("lost", models.BigIntegerField(help_text="How many were missing before.")),
                (
                    "held",
                    models.BinaryField(
                        help_text="The ids of those kept, 16 bytes each, ascending."
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            {"verbose_name_plural": "dropped payloads"},
        ),
        migrations.AddIndex(
            "Dropped", models.Index(fields=BY_MONTH, name="audit_dropped_by_month")
        ),
        migrations.RunSQL(append_only("audit_dropped").sql),
        migrations.RunSQL(TABLES),
        migrations.RunSQL(protect_partition("audit_payload_held")),
        *(migrations.RunSQL(part) for part in (PARTITIONS, COUNTS, HOLDS, NOTE, DROP, RIGHTS)),
    ]
