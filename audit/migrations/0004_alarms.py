"""Alarms, and how far the continuous verification has come."""

from django.db import migrations, models

import keys.ids

IS_OPEN = models.Q(cleared_at=None)
UNANSWERED = models.Q(acknowledged_at=None, acknowledged_by="", reason="")
ANSWERED = ~models.Q(acknowledged_at=None) & ~models.Q(acknowledged_by="")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_trees")]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("controller_id", models.UUIDField(help_text="The log.")),
                (
                    "kind",
                    models.CharField(help_text="A code of audit.alarms.AlarmKind.", max_length=40),
                ),
                (
                    "position",
                    models.BigIntegerField(
                        help_text="The place in the log, if it has one.", null=True
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("count", models.BigIntegerField(default=1)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by", models.CharField(blank=True, max_length=80)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="A code, never free text.", max_length=40
                    ),
                ),
                ("cleared_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["controller_id", "kind", "position"],
                        condition=IS_OPEN,
                        nulls_distinct=False,
                        name="audit_alarm_open_once",
                    ),
                    models.CheckConstraint(
                        condition=UNANSWERED | ANSWERED, name="audit_alarm_answered_by_somebody"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verified",
            fields=[
                (
                    "controller_id",
                    models.UUIDField(help_text="The log.", primary_key=True, serialize=False),
                ),
                (
                    "size",
                    models.BigIntegerField(
                        default=0, help_text="Entries verified since they were placed."
                    ),
                ),
                (
                    "root",
                    models.BinaryField(
                        default=b"", help_text="Of so many entries, as it was then.", max_length=32
                    ),
                ),
                (
                    "peaks",
                    models.BinaryField(
                        default=b"", help_text="Its right edge, of complete bundles only."
                    ),
                ),
                (
                    "next",
                    models.BigIntegerField(
                        default=0, help_text="Where the round goes on, in bundles."
                    ),
                ),
                (
                    "next_peaks",
                    models.BinaryField(default=b"", help_text="The right edge of those before it."),
                ),
                ("round_began_at", models.DateTimeField()),
                ("round_ended_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField(help_text="When the newest of it was verified.")),
            ],
        ),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("controller_id", models.UUIDField(primary_key=True, serialize=False)),
                ("until", models.UUIDField()),
                ("next", models.UUIDField()),
                ("round_began_at", models.DateTimeField()),
                ("round_ended_at", models.DateTimeField(null=True)),
            ],
        ),
        # What was found wrong is not to be swept away by whoever holds the app's login.
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON audit_alarm FROM sammati_app", migrations.RunSQL.noop
        ),
    ]
