"""Emergency uses: what the decision point keeps in memory of them moves with the stamp."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from accounts.stamp import moves_stamp


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("policies", "0006_recalls"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_id", models.UUIDField()),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            (
                                "7f",
                                "Medical emergency, a threat to life or health (DPDP s.7(f); GDPR 6(1)(d))",
                            ),
                            (
                                "7g",
                                "Epidemic or other threat to public health (DPDP s.7(g); GDPR 6(1)(d))",
                            ),
                            (
                                "7h",
                                "Disaster or breakdown of public order (DPDP s.7(h); GDPR 6(1)(d))",
                            ),
                        ],
                        max_length=2,
                        verbose_name="Ground",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("treatment", "Care for the person"),
                            ("warning", "Warning the person of a danger"),
                            ("rescue", "Finding or rescuing the person"),
                            ("relatives", "Reaching the person's relatives"),
                        ],
                        max_length=20,
                        verbose_name="Reason",
                    ),
                ),
                ("reference", models.CharField(max_length=60, verbose_name="Incident")),
                ("opened_at", models.DateTimeField(verbose_name="Opened at")),
                ("opened_by", models.CharField(max_length=80)),
                ("ends_at", models.DateTimeField(verbose_name="Ends at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="Ended early at")),
                (
                    "officer_told_at",
                    models.DateTimeField(null=True, verbose_name="Protection officer told at"),
                ),
                ("person_told_at", models.DateTimeField(null=True, verbose_name="Person told at")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="Reviewed at")),
                ("reviewed_by", models.CharField(blank=True, max_length=80)),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("justified", "It was justified"),
                            ("unjustified", "It was not justified"),
                        ],
                        max_length=12,
                        verbose_name="Finding",
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
            ],
            options={
                "verbose_name": "emergency use",
                "verbose_name_plural": "emergency uses",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("reviewed_at", None)),
                        fields=["opened_at"],
                        name="policies_emergency_unreviewed",
                    ),
                    models.Index(fields=["controller", "-id"], name="policies_emergency_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("opened_at"))),
                        name="policies_emergency_lasts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("reviewed_at", None), ("reviewed_by", "")),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                models.Q(("reviewed_by", ""), _negated=True),
                                models.Q(("finding", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="policies_emergency_review_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reviewed_by", models.F("opened_by")), _negated=True),
                        name="policies_emergency_second_person",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*moves_stamp("policies_emergencyuse")),
    ]
