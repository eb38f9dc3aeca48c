"""When somebody came back after an erasure, kept with the person.

It was read from the log's index: an import asked for all entries of each of its people, a third of
what it cost the database, and more with each year of entries.
"""

from django.db import migrations, models

FROM_THE_LOG = """
UPDATE subjects_subject s SET returned_at = e.at
FROM (
  SELECT controller_id, subject_id, max(at) AS at FROM audit_entryindex
  WHERE event = 'subject:returned' AND subject_id IS NOT NULL GROUP BY controller_id, subject_id
) AS e
WHERE s.controller_id = e.controller_id AND s.id = e.subject_id;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0012_calm"), ("subjects", "0015_implied_controllers")]

    operations = [
        migrations.AddField(
            "Subject",
            "returned_at",
            models.DateTimeField(
                editable=False,
                help_text="When the person began anew after an erasure.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            "Subject",
            models.Index(
                fields=["id"],
                condition=models.Q(returned_at__isnull=False),
                name="subjects_returned",
            ),
        ),
        migrations.RunSQL(FROM_THE_LOG, migrations.RunSQL.noop),
    ]
