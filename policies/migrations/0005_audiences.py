"""Audiences and segments."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("policies", "0004_rehearsal"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdList",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "segment",
                    models.SlugField(
                        blank=True,
                        help_text="Its code; empty: of one audience alone.",
                        max_length=60,
                    ),
                ),
                ("count", models.BigIntegerField(default=0)),
                ("strangers", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Audience",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("question", models.JSONField()),
                ("purpose", models.CharField(max_length=256)),
                ("campaign", models.CharField(blank=True, max_length=256)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "In the making"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                        ],
                        default="making",
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "stamp",
                    models.BigIntegerField(
                        default=0, help_text="The catalogue it was decided with."
                    ),
                ),
                ("ready_at", models.DateTimeField(null=True)),
                ("valid_until", models.DateTimeField(null=True)),
                ("total", models.BigIntegerField(default=0)),
                ("decided", models.BigIntegerField(default=0)),
                ("permitted", models.BigIntegerField(default=0)),
                (
                    "excluded",
                    models.JSONField(
                        default=dict, help_text="How many by reason code; unsuppressed."
                    ),
                ),
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
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.serviceclient",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="policies.idlist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("ids", models.BinaryField()),
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
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="policies.idlist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AudiencePart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        editable=False,
                        help_text="The entry's id.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("valid_until", models.DateTimeField()),
                (
                    "obligations",
                    models.JSONField(default=list, help_text="Of each of its permits."),
                ),
                (
                    "audience",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="policies.audience",
                    ),
                ),
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
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audience", "number"), name="policies_audience_part_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="idlist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("segment", ""), _negated=True),
                fields=("controller", "segment"),
                name="policies_segment_once",
            ),
        ),
        migrations.AddIndex(
            model_name="audience",
            index=models.Index(fields=["controller", "id"], name="policies_audience_newest"),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["making", "ready", "failed", "expired"])),
                name="policies_audience_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="idpart",
            constraint=models.UniqueConstraint(
                fields=("list", "number"), name="policies_id_part_once"
            ),
        ),
    ]
