"""Relations that end, and children found by the day on which they come of age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subjects", "0004_contact")]

    operations = [
        migrations.AddField(
            model_name="relationship",
            name="ends_on",
            field=models.DateField(
                blank=True,
                help_text="From this day on it counts no longer; empty: open.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="relationship",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(
            model_name="relationship",
            name="subjects_relationship_once",
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("subject", "related_id", "kind"),
                name="subjects_relationship_once",
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("adult_on__isnull", False), ("age_state", "child")),
                fields=["adult_on"],
                name="subjects_children_days",
            ),
        ),
    ]
