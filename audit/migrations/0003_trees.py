"""Entries move into Merkle trees; the index is partitioned as the payloads are.

What was a row for each entry becomes 33 bytes in a row for each 256 of them. Entries recorded so
far wait in the queue, in the order of their ids, for the sequencer.
"""

from django.db import migrations, models

from keys.ledger import append_only, protect_partition

CLASSES = ("rc1", "rc2", "rc3")

TREES = """
CREATE TABLE audit_pending (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  controller_id uuid NOT NULL,
  ids bytea NOT NULL,
  entries bytea NOT NULL,
  classes bytea NOT NULL,
  CONSTRAINT audit_pending_is_whole CHECK (
    length(classes) > 0 AND length(ids) = 16 * length(classes)
    AND length(entries) = 32 * length(classes))
);
CREATE TABLE audit_tree (
  controller_id uuid PRIMARY KEY,
  origin varchar(200) NOT NULL UNIQUE,
  size bigint NOT NULL,
  peaks bytea NOT NULL,
  ids bytea NOT NULL,
  entries bytea NOT NULL,
  classes bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  CONSTRAINT audit_tree_is_whole CHECK (
    size >= 0 AND length(classes) = size % 256 AND length(ids) = 16 * length(classes)
    AND length(entries) = 32 * length(classes))
);
CREATE TABLE audit_bundle (
  controller_id uuid NOT NULL,
  number bigint NOT NULL CHECK (number >= 0),
  entries bytea NOT NULL CHECK (length(entries) = 8192),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  ids bytea NOT NULL CHECK (length(ids) = 4096),
  classes bytea NOT NULL CHECK (length(classes) = 256),
  lowest uuid NOT NULL,
  highest uuid NOT NULL,
  PRIMARY KEY (controller_id, number)
);
CREATE INDEX audit_bundle_by_id ON audit_bundle (controller_id, highest) INCLUDE (lowest, number);
CREATE TABLE audit_tile (
  controller_id uuid NOT NULL,
  level smallint NOT NULL CHECK (level > 0),
  number bigint NOT NULL CHECK (number >= 0),
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (controller_id, level, number)
);
CREATE TABLE audit_checkpoint (
  controller_id uuid NOT NULL,
  size bigint NOT NULL CHECK (size > 0),
  at timestamptz NOT NULL,
  root bytea NOT NULL CHECK (length(root) = 32),
  note text NOT NULL,
  PRIMARY KEY (controller_id, size)
);
-- Hashes do not compress; trying costs more than writing them.
ALTER TABLE audit_pending ALTER ids SET STORAGE EXTERNAL, ALTER entries SET STORAGE EXTERNAL;
ALTER TABLE audit_tree ALTER ids SET STORAGE EXTERNAL, ALTER entries SET STORAGE EXTERNAL;
ALTER TABLE audit_bundle ALTER ids SET STORAGE EXTERNAL, ALTER entries SET STORAGE EXTERNAL;
ALTER TABLE audit_tile ALTER hashes SET STORAGE EXTERNAL;

CREATE FUNCTION audit_tree_only_grows() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE
  kept bytea;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'append-only: a log is never removed' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.origin <> OLD.origin OR NEW.size < OLD.size THEN
    RAISE EXCEPTION 'append-only: a log keeps its name and never shrinks' USING ERRCODE = 'SL001';
  END IF;
  kept := NEW.entries;
  IF NEW.size / 256 > OLD.size / 256 THEN
    SELECT entries INTO kept FROM audit_bundle
    WHERE controller_id = OLD.controller_id AND number = OLD.size / 256;
  END IF;
  IF substring(kept FROM 1 FOR length(OLD.entries)) IS DISTINCT FROM OLD.entries THEN
    RAISE EXCEPTION 'append-only: entries in a log stay as they are' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_tree_only_grows BEFORE UPDATE OR DELETE ON audit_tree
  FOR EACH ROW EXECUTE FUNCTION audit_tree_only_grows();
ALTER TABLE audit_tree ENABLE ALWAYS TRIGGER audit_tree_only_grows;
REVOKE TRUNCATE ON audit_tree FROM sammati_app;
REVOKE UPDATE, TRUNCATE ON audit_pending FROM sammati_app;
"""

ENTRIES = """
INSERT INTO audit_pending (controller_id, ids, entries, classes)
SELECT controller_id, string_agg(uuid_send(id), '' ORDER BY id), string_agg(commitment, '' ORDER BY id),
       string_agg(class, '' ORDER BY id)
FROM (
  SELECT e.id, e.controller_id, e.commitment,
         decode(lpad(substr(coalesce(p.retention_class, 'rc2'), 3), 2, '0'), 'hex') AS class,
         (row_number() OVER (PARTITION BY e.controller_id ORDER BY e.id) - 1) / 2560 AS part
  FROM audit_entry e LEFT JOIN audit_payload p ON p.id = e.id
) AS found
GROUP BY controller_id, part ORDER BY controller_id, part;
SELECT sammati_unprotect_ledger('audit_entry'::regclass);
DROP TABLE audit_entry;
"""

INDEX = """
ALTER TABLE audit_entryindex RENAME TO audit_entryindex_old;
ALTER INDEX audit_index_by_controller RENAME TO audit_index_by_controller_old;
ALTER INDEX audit_index_by_subject RENAME TO audit_index_by_subject_old;
CREATE TABLE audit_entryindex (
  id uuid NOT NULL,
  retention_class varchar(8) NOT NULL,
  controller_id uuid NOT NULL,
  at timestamptz NOT NULL,
  event varchar(40) NOT NULL,
  actor_type varchar(10) NOT NULL,
  actor_id varchar(80) NOT NULL,
  target_type varchar(40) NOT NULL,
  target_id varchar(80) NOT NULL,
  subject_id uuid,
  purpose varchar(100) NOT NULL,
  outcome varchar(20) NOT NULL,
  reason_code varchar(60) NOT NULL,
  PRIMARY KEY (retention_class, id)
) PARTITION BY LIST (retention_class);
CREATE INDEX audit_index_by_controller ON audit_entryindex (controller_id, id DESC);
CREATE INDEX audit_index_by_actor ON audit_entryindex (controller_id, actor_id, id DESC);
CREATE INDEX audit_index_by_subject ON audit_entryindex (subject_id, id DESC)
  WHERE subject_id IS NOT NULL;
CREATE TABLE audit_payload_rc3 PARTITION OF audit_payload FOR VALUES IN ('rc3') PARTITION BY RANGE (id);
CREATE TABLE audit_entryindex_rc1 PARTITION OF audit_entryindex FOR VALUES IN ('rc1') PARTITION BY RANGE (id);
CREATE TABLE audit_entryindex_rc2 PARTITION OF audit_entryindex FOR VALUES IN ('rc2') PARTITION BY RANGE (id);
CREATE TABLE audit_entryindex_rc3 PARTITION OF audit_entryindex FOR VALUES IN ('rc3') PARTITION BY RANGE (id);

CREATE OR REPLACE FUNCTION audit_ensure_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  parent text; class text; month date; part text; made integer := 0;
BEGIN
  IF months < 1 OR months > 60 THEN
    RAISE EXCEPTION 'between 1 and 60 months';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit_ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['audit_payload', 'audit_entryindex'] LOOP
    FOREACH class IN ARRAY ARRAY['rc1', 'rc2', 'rc3'] LOOP
      FOR i IN 0 .. months - 1 LOOP
        month := (date_trunc('month', first) + make_interval(months => i))::date;
        part := format('%s_%s_%s', parent, class, to_char(month, 'YYYYMM'));
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        EXECUTE format(
          'CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
          part, parent || '_' || class, audit_month_bound(month),
          audit_month_bound((month + interval '1 month')::date));
        IF parent = 'audit_payload' THEN
          PERFORM sammati_protect_partition(format('%I', part)::regclass);
        END IF;
        made := made + 1;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

DO $$
DECLARE
  earliest timestamptz := (SELECT min(at) FROM audit_entryindex_old);
  first date := least(coalesce(earliest, now()), now() - interval '1 month')::date;
BEGIN
  -- Payloads have partitions of every month that has entries; the index shall too.
  WHILE first < (now() + interval '15 months')::date LOOP
    PERFORM audit_ensure_partitions(first, 1);
    first := (date_trunc('month', first) + interval '1 month')::date;
  END LOOP;
END $$;

INSERT INTO audit_entryindex
SELECT i.id, coalesce(p.retention_class, 'rc2'), i.controller_id, i.at, i.event, i.actor_type,
       i.actor_id, i.target_type, i.target_id, i.subject_id, i.purpose, i.outcome, i.reason_code
FROM audit_entryindex_old i LEFT JOIN audit_payload p ON p.id = i.id;
DROP TABLE audit_entryindex_old;
"""


def table(name, *fields, **options):
    return migrations.CreateModel(name=name, fields=list(fields), options=options)


def log(**options):
    return ("controller_id", models.UUIDField(**options))


def raw(name, **options):
    return (name, models.BinaryField(**options))


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_partitions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(TREES),
                migrations.RunSQL(ENTRIES),
                migrations.RunSQL(INDEX),
                *(
                    migrations.RunSQL(append_only(one).sql)
                    for one in ("audit_bundle", "audit_tile", "audit_checkpoint")
                ),
                migrations.RunSQL(protect_partition("audit_payload_rc3")),
            ],
            state_operations=[
                migrations.DeleteModel("Entry"),
                table(
                    "Pending",
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    log(help_text="The log: a controller, or the system's nil id."),
                    raw("ids"),
                    raw("entries", help_text="The commitments, each SHA-256(salt ‖ payload)."),
                    raw("classes"),
                    verbose_name_plural="pending entries",
                ),
                table(
                    "Tree",
                    log(help_text="The log.", primary_key=True, serialize=False),
                    (
                        "origin",
                        models.CharField(
                            help_text="The log's name in its checkpoints.", max_length=200
                        ),
                    ),
                    ("size", models.BigIntegerField(default=0)),
                    raw("peaks", default=b"", help_text="Of the complete bundles only."),
                    raw("ids", default=b""),
                    raw("entries", default=b""),
                    raw("classes", default=b""),
                    (
                        "sealed_at",
                        models.DateTimeField(help_text="When the newest checkpoint was signed."),
                    ),
                ),
                table(
                    "Bundle",
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "controller_id",
                            "number",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    log(),
                    ("number", models.BigIntegerField()),
                    raw("entries", help_text="256 commitments."),
                    raw("hash", help_text="The root over their leaf hashes.", max_length=32),
                    raw("ids", help_text="256 entry ids."),
                    raw("classes", help_text="256 retention classes."),
                    ("lowest", models.UUIDField()),
                    ("highest", models.UUIDField()),
                ),
                table(
                    "Tile",
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "controller_id",
                            "level",
                            "number",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    log(),
                    ("level", models.SmallIntegerField()),
                    ("number", models.BigIntegerField()),
                    raw("hashes"),
                    raw("hash", help_text="The root over the hashes.", max_length=32),
                ),
                table(
                    "Checkpoint",
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "controller_id",
                            "size",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    log(),
                    ("size", models.BigIntegerField()),
                    ("at", models.DateTimeField()),
                    raw("root", max_length=32),
                    ("note", models.TextField(help_text="The signed note (C2SP tlog-checkpoint).")),
                ),
                migrations.RemoveField("EntryIndex", "entry_id"),
                migrations.AddField(
                    "EntryIndex",
                    "retention_class",
                    models.CharField(default="rc2", max_length=8),
                    preserve_default=False,
                ),
                migrations.AlterField(
                    "EntryIndex",
                    "id",
                    models.UUIDField(
                        editable=False,
                        help_text="The entry's id.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                migrations.AddIndex(
                    "EntryIndex",
                    models.Index(
                        fields=["controller_id", "actor_id", "-id"], name="audit_index_by_actor"
                    ),
                ),
            ],
        ),
    ]
