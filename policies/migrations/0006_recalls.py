"""Recalls: addresses of services, campaigns, kill lists, and what was told."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("policies", "0005_audiences"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=60, verbose_name="Reference")),
                ("purpose", models.CharField(max_length=100, verbose_name="Purpose")),
                ("since_at", models.DateTimeField(verbose_name="Permits count since")),
                ("ends_at", models.DateTimeField(verbose_name="Ends at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="Ended at")),
                ("lines", models.BigIntegerField(default=0, verbose_name="People taken out")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="Started at")),
                (
                    "controller",
                    models.ForeignKey(
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
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="Address")),
                ("wrapped", models.BinaryField()),
                ("wrapping_version", models.PositiveIntegerField()),
                ("old_wrapped", models.BinaryField(null=True)),
                ("old_wrapping_version", models.PositiveIntegerField(null=True)),
                (
                    "old_until_at",
                    models.DateTimeField(null=True, verbose_name="The former secret signs until"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="Added at")),
                ("disabled_at", models.DateTimeField(null=True, verbose_name="Ended at")),
                (
                    "disabled_reason",
                    models.CharField(blank=True, max_length=20, verbose_name="Why it ended"),
                ),
                (
                    "controller",
                    models.ForeignKey(
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
                "verbose_name": "recall address",
                "verbose_name_plural": "recall addresses",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="KillLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("subject_id", models.UUIDField()),
                ("reason", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kill_lines",
                        to="policies.campaign",
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
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cause_id", models.UUIDField(help_text="The job that looked for it.")),
                ("subject_id", models.UUIDField()),
                ("purpose", models.CharField(max_length=100, verbose_name="Purpose")),
                ("reason", models.CharField(max_length=40, verbose_name="Reason")),
                ("decisions", models.JSONField(default=list, verbose_name="Permits")),
                ("campaigns", models.JSONField(default=list, verbose_name="Campaigns")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being delivered"),
                            ("heard", "Acknowledged"),
                            ("polled", "No address: the service must poll"),
                            ("overdue", "Given up"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="State",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="Recalled at")),
                ("heard_at", models.DateTimeField(null=True, verbose_name="Acknowledged at")),
                (
                    "trouble",
                    models.CharField(blank=True, max_length=40, verbose_name="Last trouble"),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.serviceclient",
                    ),
                ),
            ],
            options={
                "verbose_name": "recall",
                "verbose_name_plural": "recalls",
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["controller", "purpose", "ends_at"],
                name="policies_campaign_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                fields=("service", "reference"), name="policies_campaign_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("since_at"))),
                name="policies_campaign_runs_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("disabled_at", None)),
                fields=("service",),
                name="policies_endpoint_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("disabled_at", None), ("disabled_reason", "")),
                    models.Q(
                        ("disabled_at__isnull", False),
                        models.Q(("disabled_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="policies_endpoint_end_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="killline",
            constraint=models.UniqueConstraint(
                fields=("campaign", "number"), name="policies_kill_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="killline",
            constraint=models.UniqueConstraint(
                fields=("campaign", "subject_id"), name="policies_kill_once"
            ),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["controller", "-id"], name="policies_recall_newest"),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["cause_id"], name="policies_recall_cause"),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("heard_at__isnull", False), ("state", "heard")),
                    models.Q(models.Q(("state", "heard"), _negated=True), ("heard_at", None)),
                    _connector="OR",
                ),
                name="policies_recall_heard",
            ),
        ),
    ]
