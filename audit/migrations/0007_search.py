"""What searching the log needs beside the indexes that order it.

Rare values of purposes, kinds, outcomes and reasons are found by summaries of blocks (BRIN: the
range of ids, Bloom filters of the words). Recording pays nothing for them: a block is summarised
after it is full, by `audit_summarize_index`, which the app may call as it may call nothing else of
the owner's. Blocks without a summary are read, so an entry is found at once.
"""

from django.db import migrations

INDEX = """
CREATE INDEX audit_index_by_words ON audit_entryindex USING brin (
  id uuid_minmax_ops,
  event text_bloom_ops (n_distinct_per_range = 32),
  purpose text_bloom_ops (n_distinct_per_range = 64),
  outcome text_bloom_ops (n_distinct_per_range = 16),
  reason_code text_bloom_ops (n_distinct_per_range = 64),
  actor_type text_bloom_ops (n_distinct_per_range = 16)
) WITH (pages_per_range = 64);
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
        )
    ]
