"""Rehearsals of drafts over recorded decisions."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("policies", "0003_caps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("period", "Over recorded decisions"),
                            ("shadow", "In the shadow of live traffic"),
                        ],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("stopped", "Stopped"),
                        ],
                        default="running",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("version_id", models.UUIDField(help_text="The draft, by its id.")),
                ("version_number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "sha256",
                    models.CharField(
                        help_text="Of the canonical bytes of its rules.", max_length=64
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(help_text="When the draft had last been changed."),
                ),
                ("rules", models.JSONField()),
                (
                    "active_number",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="The version in force it is compared with; 0 for the law alone.",
                    ),
                ),
                ("active_rules", models.JSONField(default=list)),
                ("requested_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(verbose_name="asked for at")),
                ("since_at", models.DateTimeField(verbose_name="from")),
                ("until_at", models.DateTimeField(verbose_name="until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("examined", models.BigIntegerField(default=0, verbose_name="decisions")),
                ("newly_denied", models.BigIntegerField(default=0, verbose_name="newly denied")),
                (
                    "newly_permitted",
                    models.BigIntegerField(default=0, verbose_name="newly permitted"),
                ),
                (
                    "counters",
                    models.BinaryField(
                        default=b"", help_text="Of caps, while it runs; names nobody."
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
                "verbose_name": "rehearsal",
                "verbose_name_plural": "rehearsals",
            },
        ),
        migrations.CreateModel(
            name="RehearsalPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("counted", models.JSONField()),
                ("flips", models.BinaryField(default=b"")),
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
                    "rehearsal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="policies.rehearsal",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="rehearsal",
            index=models.Index(fields=["controller", "-id"], name="policies_rehearsal_newest"),
        ),
        migrations.AddConstraint(
            model_name="rehearsal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["period", "shadow"]),
                    ("state__in", ["running", "finished", "stopped"]),
                ),
                name="policies_rehearsal_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "running")),
                    models.Q(
                        models.Q(("state", "running"), _negated=True),
                        ("counters", b""),
                        ("ended_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="policies_rehearsal_end_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "shadow"), ("state", "running")),
                fields=("controller",),
                name="policies_one_shadow",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsalpart",
            constraint=models.UniqueConstraint(
                fields=("controller", "rehearsal", "number"), name="policies_rehearsal_part_once"
            ),
        ),
    ]
