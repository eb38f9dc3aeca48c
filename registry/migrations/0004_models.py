"""AI models; and which parties are foreign States."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from accounts.stamp import moves_stamp


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_catalogue_stamp"),
        ("registry", "0003_assessments"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="is_foreign_state",
            field=models.BooleanField(
                default=False,
                help_text="A foreign State, or a body under its control (DPDP r.15).",
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="state_order",
            field=models.CharField(
                blank=True,
                help_text=(
                    "The order of the Central Government whose condition is met, with its date."
                ),
                max_length=200,
            ),
        ),
        migrations.CreateModel(
            name="AIModel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="What services call it when they ask, for example prop-7.",
                        max_length=60,
                    ),
                ),
                ("version", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                (
                    "risk",
                    models.CharField(
                        choices=[
                            ("minimal", "Minimal or limited risk"),
                            ("high", "High risk (AI Act 6, Annexes I and III)"),
                            ("prohibited", "Prohibited practice (AI Act 5)"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "is_significant",
                    models.BooleanField(
                        default=True,
                        help_text=(
                            "Its results have legal or similarly significant effects on people."
                        ),
                    ),
                ),
                (
                    "oversight",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "The function that oversees it (AI Act 14, 26(2)); never a person's "
                            "name."
                        ),
                        max_length=120,
                    ),
                ),
                (
                    "informs_persons",
                    models.BooleanField(
                        default=False,
                        help_text="Those concerned are told that it is used (AI Act 26(11)).",
                    ),
                ),
                (
                    "review_route",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "Where a person reaches a human who reviews the result (GDPR 22(3))."
                        ),
                        max_length=200,
                    ),
                ),
                (
                    "authorising_law",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "The law that lets it decide alone (GDPR 22(2)(b)), if there is one."
                        ),
                        max_length=200,
                    ),
                ),
                (
                    "special_law",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "The law that lets it use special categories (GDPR 22(4)), if there is "
                            "one."
                        ),
                        max_length=200,
                    ),
                ),
                (
                    "diligence_reference",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "Where the due diligence of this version is kept (DPDP Rules 13(3))."
                        ),
                        max_length=200,
                    ),
                ),
                (
                    "diligence_until",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which the due diligence counts.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.CharField(max_length=80)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("approved_by", models.CharField(blank=True, max_length=80)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("retired_by", models.CharField(blank=True, max_length=80)),
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
                "verbose_name": "AI model",
                "verbose_name_plural": "AI models",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["controller", "code"], name="registry_model_code")
                ],
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
                        name="registry_model_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at", None), ("retired_by", "")),
                            models.Q(
                                ("retired_at__isnull", False),
                                models.Q(("retired_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registry_model_retired_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("diligence_reference", ""), ("diligence_until", None)),
                            models.Q(
                                ("diligence_until__isnull", False),
                                models.Q(("diligence_reference", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="registry_model_diligence_is_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*moves_stamp("registry_aimodel")),
    ]
