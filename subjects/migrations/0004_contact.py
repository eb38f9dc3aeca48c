"""How and when a person may be contacted: through which channels, and after which behaviour."""

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
        migrations.AddField(
            model_name="subject",
            name="suppressed",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Channels the person may not be contacted through, each with its reason.",
                max_length=400,
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="state",
            field=models.CharField(
                choices=[
                    ("restricted", "Restricted"),
                    ("erasing", "Being erased"),
                    ("erased", "Erased"),
                    ("deceased", "Deceased"),
                    ("hold", "Legal hold"),
                    ("vault", "Kept for the law only"),
                    ("expired", "Past its retention"),
                    ("inaccurate", "Accuracy contested or unchecked"),
                ],
                max_length=12,
            ),
        ),
    ]
