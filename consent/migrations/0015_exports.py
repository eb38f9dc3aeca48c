"""Exports of the consent ledger as files."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("consent", "0014_capture"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_by_type", models.CharField(max_length=10)),
                ("asked_by", models.CharField(max_length=80, verbose_name="by")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("ndjson", "NDJSON, for programs"),
                            ("csv", "CSV, for spreadsheets"),
                        ],
                        max_length=6,
                        verbose_name="form",
                    ),
                ),
                (
                    "purposes",
                    models.JSONField(
                        default=list, help_text="Empty: all.", verbose_name="purposes"
                    ),
                ),
                ("since_at", models.DateTimeField(null=True, verbose_name="recorded from")),
                ("until_at", models.DateTimeField(verbose_name="recorded until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "In the making"),
                            ("ready", "Ready"),
                            ("expired", "Deleted"),
                        ],
                        default="making",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="asked for at")),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True, verbose_name="deleted at")),
                ("lines", models.BigIntegerField(default=0, verbose_name="lines")),
                ("size_bytes", models.BigIntegerField(default=0, verbose_name="bytes")),
                ("sha256", models.CharField(blank=True, max_length=64)),
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
                "verbose_name": "export of consents",
                "verbose_name_plural": "exports of consents",
            },
        ),
        migrations.AddIndex(
            model_name="consentexport",
            index=models.Index(fields=["controller", "-id"], name="consent_export_newest"),
        ),
        migrations.AddConstraint(
            model_name="consentexport",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["making", "ready", "expired"])),
                name="consent_export_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("expires_at__isnull", True),
                        ("ready_at__isnull", True),
                        ("state", "making"),
                    ),
                    models.Q(
                        models.Q(("state", "making"), _negated=True), ("expires_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="consent_export_times_paired",
            ),
        ),
    ]
