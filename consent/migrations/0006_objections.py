"""Objections about one purpose, which an officer decides on, beside the absolute ones."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0005_frozen_codes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="objection",
            name="consent_objection_once",
        ),
        migrations.AddField(
            model_name="objection",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="objection",
            name="decided_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="objection",
            name="grounds",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Why it was decided so; never a person's data.",
                max_length=2000,
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="purpose",
            field=models.ForeignKey(
                blank=True,
                help_text="What it is about; empty: all marketing, or all use of volunteered data.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.purpose",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Under review"),
                    ("upheld", "Upheld"),
                    ("dismissed", "Outweighed by compelling grounds"),
                ],
                db_default="upheld",
                default="upheld",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="objection",
            name="kind",
            field=models.CharField(
                choices=[
                    ("direct_marketing", "Direct marketing (Art 21(2))"),
                    ("particular_situation", "Their particular situation (Art 21(1))"),
                    ("voluntary_use", "No consent to a use of volunteered data (DPDP s.7(a))"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("subject", "kind", "purpose"),
                name="consent_objection_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "direct_marketing"), ("purpose", None), ("state", "upheld")),
                    models.Q(("kind", "voluntary_use"), ("state", "upheld")),
                    models.Q(("kind", "particular_situation"), ("purpose__isnull", False)),
                    _connector="OR",
                ),
                name="consent_objection_has_its_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", ""), ("grounds", "")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("kind", "particular_situation"),
                        models.Q(("decided_by", ""), _negated=True),
                        models.Q(("grounds", ""), _negated=True),
                        models.Q(("state", "pending"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_objection_decided_with_grounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), _negated=True),
                    ("lifted_at__isnull", False),
                    _connector="OR",
                ),
                name="consent_objection_dismissed_is_over",
            ),
        ),
    ]
