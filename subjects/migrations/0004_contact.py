"""How and when a person may be contacted: when each behaviour of theirs was last reported."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from subjects.tenancy import belongs_together


class Migration(migrations.Migration):
    dependencies = [("subjects", "0003_fewer_indexes")]

    operations = [
        migrations.CreateModel(
            name="Trigger",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=100)),
                ("last_at", models.DateTimeField(db_index=True)),
                (
                    "controller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="triggers",
                        to="subjects.subject",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="trigger",
            constraint=models.UniqueConstraint(
                fields=("subject", "code"), name="subjects_trigger_once"
            ),
        ),
        migrations.RunSQL(*belongs_together("subjects_trigger")),
    ]
