"""What witnesses say of checkpoints."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Now

from keys.ledger import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_alarms")]

    operations = [
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "controller_id",
                        "size",
                        "witness",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("controller_id", models.UUIDField(help_text="The log.")),
                ("size", models.BigIntegerField(help_text="Of the checkpoint.")),
                (
                    "witness",
                    models.CharField(help_text="Its name in the configuration.", max_length=100),
                ),
                (
                    "line",
                    models.TextField(
                        blank=True, help_text="A cosignature (C2SP tlog-cosignature)."
                    ),
                ),
                (
                    "token",
                    models.BinaryField(default=b"", help_text="A whole response (RFC 3161)."),
                ),
                ("at", models.DateTimeField(help_text="When, by the witness's clock.")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=(~Q(line="") & Q(token=b"")) | (Q(line="") & ~Q(token=b"")),
                        name="audit_cosignature_says_one_thing",
                    )
                ],
            },
        ),
        migrations.RunSQL(*append_only("audit_cosignature")),
        migrations.CreateModel(
            name="WitnessFeed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "controller_id",
                        "witness",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("controller_id", models.UUIDField(help_text="The log.")),
                (
                    "witness",
                    models.CharField(help_text="Its name in the configuration.", max_length=100),
                ),
                (
                    "size",
                    models.BigIntegerField(default=0, help_text="The largest it has acknowledged."),
                ),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(db_default=Now())),
                (
                    "tries",
                    models.PositiveIntegerField(
                        default=0, help_text="In vain, since the last success."
                    ),
                ),
                (
                    "problem",
                    models.CharField(blank=True, help_text="A code of Problem.", max_length=20),
                ),
                ("problem_at", models.DateTimeField(null=True)),
                (
                    "contradicted_size",
                    models.BigIntegerField(
                        help_text="What it has seen and our tree does not begin with.", null=True
                    ),
                ),
                (
                    "evidence",
                    models.TextField(blank=True, help_text="The contradicting note it has shown."),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["witness", "next_at"], name="audit_witnessfeed_due")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(problem="", problem_at=None)
                        | (~Q(problem="") & ~Q(problem_at=None)),
                        name="audit_witnessfeed_problem_has_time",
                    )
                ],
            },
        ),
    ]
