"""The index's lines are found by their log and id: one key does what two did.

Each line had a key of its id alone beside the one that orders a log. What looks for an id knows its
log; where something is looked for that may have been moved to another log, a time's lines are read
by the summaries of blocks (`audit_index_by_words`).
"""

from django.db import migrations

KEY = """
DO $$
DECLARE
  old name;
BEGIN
  SELECT conname INTO STRICT old FROM pg_constraint
  WHERE conrelid = 'audit_entryindex'::regclass AND contype = 'p';
  EXECUTE format('ALTER TABLE audit_entryindex DROP CONSTRAINT %I', old);
  ALTER TABLE audit_entryindex ADD CONSTRAINT audit_entryindex_of_log PRIMARY KEY ({columns});
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0012_calm")]

    operations = [
        migrations.RunSQL(
            KEY.format(columns="controller_id, id, retention_class"),
            KEY.format(columns="retention_class, id"),
        ),
        migrations.RemoveIndex("EntryIndex", "audit_index_by_controller"),
    ]
