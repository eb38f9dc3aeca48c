"""Flags that say where a person's data come from, and how decisions read them."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from subjects.tenancy import belongs_together


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0013_relationship_name"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="subject",
            name="provenance",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The provenance flags that count, as decisions read them.",
                max_length=1200,
            ),
        ),
        migrations.CreateModel(
            name="Provenance",
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
                            ("outsourced", "Outsourced from abroad (DPDP s.17(1)(d))"),
                            ("published", "Made public (DPDP s.3(c)(ii))"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The data category that was made public; empty for an "
                        "outsourcing.",
                        max_length=60,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="The contract, or where and when the data were made public.",
                        max_length=200,
                    ),
                ),
                (
                    "valid_until",
                    models.DateField(blank=True, help_text="Last day it counts.", null=True),
                ),
                ("set_at", models.DateTimeField(auto_now_add=True)),
                ("set_by_type", models.CharField(max_length=10)),
                ("set_by", models.CharField(max_length=80)),
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
                (
                    "subject",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provenances",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "provenance flag",
                "verbose_name_plural": "provenance flags",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("subject", "kind", "category"),
                        name="subjects_provenance_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", "\\S")),
                        name="subjects_provenance_has_reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category", ""), ("kind", "outsourced")),
                            models.Q(("category__regex", "^[^\\s=]+$"), ("kind", "published")),
                            _connector="OR",
                        ),
                        name="subjects_provenance_has_category",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*belongs_together("subjects_provenance")),
    ]
