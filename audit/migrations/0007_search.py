"""What searching the log needs beside the indexes that order it, and the exports.

Rare values of purposes, kinds, outcomes and reasons are found by summaries of blocks (BRIN: the
range of ids, Bloom filters of the words). Recording pays next to nothing for them: blocks are
summarised each minute by `audit_summarize_index`, which the app may call. Blocks without a summary
are read, so an entry is found at once.
"""

from django.db import migrations, models

import keys.ids

INDEX = """
CREATE INDEX audit_index_by_words ON audit_entryindex USING brin (
  id uuid_minmax_ops,
  event text_bloom_ops (n_distinct_per_range = 32),
  purpose text_bloom_ops (n_distinct_per_range = 64),
  outcome text_bloom_ops (n_distinct_per_range = 16),
  reason_code text_bloom_ops (n_distinct_per_range = 64),
  actor_type text_bloom_ops (n_distinct_per_range = 16)
) WITH (pages_per_range = 16);
CREATE INDEX audit_index_by_target ON audit_entryindex (target_id, id DESC)
  WHERE event <> 'decision:made';

CREATE FUNCTION audit_summarize_index() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  part regclass; made integer := 0;
BEGIN
  FOR part IN
    SELECT i.indexrelid FROM pg_index i
    JOIN pg_class index ON index.oid = i.indexrelid AND index.relkind = 'i'
    JOIN pg_am method ON method.oid = index.relam AND method.amname = 'brin'
    JOIN pg_class leaf ON leaf.oid = i.indrelid AND leaf.relispartition
    WHERE leaf.relname ~ '^audit_entryindex_rc[0-9]+_[0-9]{6}$'
      AND right(leaf.relname, 6) BETWEEN to_char(now() - interval '2 months', 'YYYYMM')
                                     AND to_char(now() + interval '1 day', 'YYYYMM')
    ORDER BY leaf.relname
  LOOP
    made := made + brin_summarize_new_values(part);
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_summarize_index() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_summarize_index() TO sammati_app;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_retention")]

    operations = [
        migrations.RunSQL(
            INDEX,
            "DROP FUNCTION audit_summarize_index();"
            "DROP INDEX audit_index_by_target;"
            "DROP INDEX audit_index_by_words;",
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("controller_id", models.UUIDField(verbose_name="controller")),
                (
                    "requested_by",
                    models.CharField(
                        help_text="An officer's id.", max_length=80, verbose_name="by"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "criteria",
                    models.JSONField(help_text="What is exported; empty once the file is deleted."),
                ),
                (
                    "formats",
                    models.JSONField(
                        help_text="Readers' copies beside the entries.", verbose_name="formats"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "In the making"),
                            ("ready", "Ready"),
                            ("expired", "Deleted"),
                        ],
                        default="making",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="asked for at")),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True, verbose_name="deleted at")),
                ("entries", models.BigIntegerField(default=0, verbose_name="entries")),
                (
                    "pending",
                    models.BigIntegerField(
                        default=0, help_text="Left out: without a place in the log."
                    ),
                ),
                ("size_bytes", models.BigIntegerField(default=0, verbose_name="bytes")),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "indexes": [
                    models.Index(fields=["controller_id", "-id"], name="audit_export_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state__in=["making", "ready", "expired"]),
                        name="audit_export_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            state="making", ready_at__isnull=True, expires_at__isnull=True
                        )
                        | ~models.Q(state="making") & models.Q(expires_at__isnull=False),
                        name="audit_export_times_paired",
                    ),
                ],
            },
        ),
    ]
