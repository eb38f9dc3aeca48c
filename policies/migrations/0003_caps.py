"""Counters of permits, and the first answers to repeated questions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("policies", "0002_versions"),
        ("subjects", "0004_contact"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("cap", models.CharField(max_length=60)),
                (
                    "permits",
                    models.BinaryField(
                        help_text=(
                            "Eight bytes a permit: microseconds since 1970 UTC, oldest first."
                        )
                    ),
                ),
                ("ends_at", models.DateTimeField(db_index=True)),
                (
                    "controller",
                    models.ForeignKey(
                        db_constraint=False,
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FirstAnswer",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("request_digest", models.BinaryField(max_length=32)),
                ("decisions", models.BinaryField()),
                ("answered_at", models.DateTimeField(db_index=True)),
                (
                    "controller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
            ],
        ),
    ]
