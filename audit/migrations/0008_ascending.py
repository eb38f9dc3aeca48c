"""Indexes in the order in which entries come.

Newest first is read from either; descending, each entry would be put in front of all others of its
controller, which splits pages in the middle and leaves half of each empty.
"""

from django.db import migrations, models

BY_TARGET = """
DROP INDEX audit_index_by_target;
CREATE INDEX audit_index_by_target ON audit_entryindex (target_id, id{})
  WHERE event <> 'decision:made';
"""


def index(name: str, *fields: str, **more: models.Q) -> list[object]:
    made = models.Index(fields=fields, name=name, **more)
    return [
        migrations.RemoveIndex("EntryIndex", name),
        migrations.AddIndex("EntryIndex", made),
    ]


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_search")]

    operations = [
        *index("audit_index_by_controller", "controller_id", "id"),
        *index("audit_index_by_actor", "controller_id", "actor_id", "id"),
        *index(
            "audit_index_by_subject",
            "subject_id",
            "id",
            condition=models.Q(subject_id__isnull=False),
        ),
        migrations.RunSQL(BY_TARGET.format(""), BY_TARGET.format(" DESC")),
    ]
