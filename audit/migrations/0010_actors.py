"""Who acted, without an index of every decision.

Services act in nearly every line, and nobody reads their lines in that order: what a service did is
found by time and by the summaries of blocks. People and officers keep their order, for a search
that says which of the two it means.
"""

from django.db import migrations, models

ACTORS = models.Index(
    fields=["controller_id", "actor_id", "id"],
    condition=~models.Q(actor_type="service"),
    name="audit_index_by_actor",
)
WORDS = """
DROP INDEX audit_index_by_words;
CREATE INDEX audit_index_by_words ON audit_entryindex USING brin (
  id uuid_minmax_ops,
  event text_bloom_ops (n_distinct_per_range = 32),
  purpose text_bloom_ops (n_distinct_per_range = 64),
  outcome text_bloom_ops (n_distinct_per_range = 16),
  reason_code text_bloom_ops (n_distinct_per_range = 64),
  actor_type text_bloom_ops (n_distinct_per_range = 16){}
) WITH (pages_per_range = 16);
"""
BY_WHOM = ",\n  actor_id text_bloom_ops (n_distinct_per_range = 64)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0009_members")]

    operations = [
        migrations.RemoveIndex("EntryIndex", "audit_index_by_actor"),
        migrations.AddIndex("EntryIndex", ACTORS),
        migrations.RunSQL(WORDS.format(BY_WHOM), WORDS.format("")),
    ]
