"""Recorded legal findings, and freezes: what the decision point must know of the law."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from accounts.stamp import moves_stamp


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_catalogue_stamp"),
        ("registry", "0002_catalogue_stamp"),
    ]

    operations = [
        migrations.AddField(
            model_name="datacategory",
            name="is_criminal",
            field=models.BooleanField(
                default=False, help_text="Data on convictions and offences under GDPR Art 10."
            ),
        ),
        migrations.CreateModel(
            name="Assessment",
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
                            ("dpia", "Impact assessment approved (GDPR 35)"),
                            ("sdf_dpia", "Yearly assessment and audit done (DPDP r.13(1))"),
                            ("lia", "Interests balanced (GDPR 6(1)(f))"),
                            (
                                "compatibility",
                                "Compatible with the purpose of collection (GDPR 6(4))",
                            ),
                            ("art9", "Condition for special categories met (GDPR 9(2))"),
                            ("art10", "Data on offences authorised (GDPR 10)"),
                            ("soft_opt_in", "Soft opt-in (ePrivacy 13(2))"),
                            ("s7a", "Facts of DPDP s.7(a): volunteered"),
                            ("s7b", "Facts of DPDP s.7(b): State benefit or service"),
                            ("s7c", "Facts of DPDP s.7(c): State function"),
                            ("s7d", "Facts of DPDP s.7(d): duty to disclose to the State"),
                            ("s7e", "Facts of DPDP s.7(e): judgment or order"),
                            ("s7f", "Facts of DPDP s.7(f): medical emergency"),
                            ("s7g", "Facts of DPDP s.7(g): epidemic"),
                            ("s7h", "Facts of DPDP s.7(h): disaster or public order"),
                            ("s7i", "Facts of DPDP s.7(i): employment"),
                            ("sdf", "Restricts: Significant Data Fiduciary (DPDP s.10)"),
                            ("dpia_due", "Restricts: an impact assessment is due (GDPR 35)"),
                            ("localised", "Restricts: data stay in India (DPDP r.13(4))"),
                            (
                                "sector_in",
                                "Restricts: sector law keeps data in India (DPDP s.16(2))",
                            ),
                            ("sector_eu", "Restricts: sector law keeps data in the EEA"),
                            ("further_use", "Restricts: collected for another purpose (GDPR 6(4))"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        blank=True,
                        help_text="Code of the purpose; empty: all of them.",
                        max_length=100,
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        help_text="The data category (* for all) or the other purpose it is about.",
                        max_length=100,
                    ),
                ),
                (
                    "citation",
                    models.CharField(
                        help_text="The law and the place in it, for example GDPR Art 9(2)(h).",
                        max_length=200,
                    ),
                ),
                (
                    "conclusion",
                    models.TextField(help_text="What was found, and why.", max_length=2000),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, help_text="Where the whole assessment is kept.", max_length=200
                    ),
                ),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="Last day it counts.", null=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.CharField(max_length=80)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("approved_by", models.CharField(blank=True, max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal finding",
                "verbose_name_plural": "legal findings",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("approved_by", "")),
                            models.Q(
                                ("approved_at__isnull", False),
                                models.Q(("approved_by", ""), _negated=True),
                                models.Q(("approved_by", models.F("created_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registry_finding_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "dpia_due",
                                    "further_use",
                                    "localised",
                                    "sdf",
                                    "sector_eu",
                                    "sector_in",
                                ],
                            ),
                            ("valid_until__isnull", False),
                            _connector="OR",
                        ),
                        name="registry_finding_that_allows_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                models.Q(("ended_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registry_finding_ended_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Freeze",
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
                            ("service", "A service"),
                            ("recipient", "A party"),
                            ("system", "A connected system"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(help_text="The code of what is frozen.", max_length=100)),
                (
                    "incident",
                    models.CharField(
                        help_text="The incident's reference; never a person's name.", max_length=120
                    ),
                ),
                ("frozen_at", models.DateTimeField(auto_now_add=True)),
                ("frozen_by", models.CharField(max_length=80)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("released_by", models.CharField(blank=True, max_length=80)),
                ("release_reason", models.CharField(blank=True, max_length=500)),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
            ],
            options={
                "verbose_name": "freeze",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)),
                        fields=("controller", "kind", "code"),
                        name="registry_freeze_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("release_reason", ""), ("released_at", None), ("released_by", "")
                            ),
                            models.Q(
                                ("released_at__isnull", False),
                                models.Q(("released_by", ""), _negated=True),
                                models.Q(("release_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registry_freeze_released_for_a_reason",
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(*moves_stamp(table))
            for table in ("registry_assessment", "registry_freeze", "registry_datacategory")
        ),
    ]
