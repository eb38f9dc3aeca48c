"""Legal holds on everybody of a controller."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [("subjects", "0011_labels"), ("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CompanyHold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "hold_id",
                    models.UUIDField(help_text="The hold that says why."),
                ),
                ("since_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "controller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold on everybody",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("controller", "hold_id"), name="subjects_company_hold_once"
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["controller"],
                        name="subjects_company_holds",
                    )
                ],
            },
        ),
    ]
