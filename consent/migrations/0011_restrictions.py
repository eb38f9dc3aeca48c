"""Opt-outs beside the objections, restrictions of processing, and choices on devices."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from subjects.tenancy import belongs_together

FORM = models.CheckConstraint(
    condition=models.Q(
        models.Q(
            ("kind__in", ["direct_marketing", "sale_sharing"]),
            ("purpose", None),
            ("state", "upheld"),
        ),
        models.Q(("kind", "voluntary_use"), ("state", "upheld")),
        models.Q(("kind", "particular_situation"), ("purpose__isnull", False)),
        _connector="OR",
    ),
    name="consent_objection_has_its_form",
)
PERSONAL = ("consent_restriction", "consent_devicechoice")


def of(model, **options):
    """A foreign key as every table about people has it."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0010_lifecycle"),
        ("subjects", "0004_contact"),
    ]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="method",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="How the person said so, or the signal of their browser.",
                max_length=20,
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
                    ("sale_sharing", "Opt-out of sale and sharing for advertising"),
                ],
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint("objection", "consent_objection_has_its_form"),
        migrations.AddConstraint("objection", FORM),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("accuracy", "They contest that the data are right (Art 18(1)(a))"),
                            (
                                "unlawful",
                                "The use is unlawful and they want no erasure (Art 18(1)(b))",
                            ),
                            ("claims", "They need the data for legal claims (Art 18(1)(c))"),
                            (
                                "objection",
                                "They objected, and it is not decided yet (Art 18(1)(d))",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "scope_type",
                    models.CharField(
                        choices=[
                            ("everything", "Everything"),
                            ("purpose", "A purpose"),
                            ("category", "A data category"),
                        ],
                        max_length=12,
                    ),
                ),
                ("scope", models.CharField(blank=True, max_length=100)),
                (
                    "method",
                    models.CharField(help_text="How the person asked for it.", max_length=20),
                ),
                ("asked_at", models.DateTimeField()),
                ("announced_at", models.DateTimeField(blank=True, null=True)),
                ("announced_by", models.CharField(blank=True, max_length=80)),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why it is to end; never a person's data.",
                        max_length=2000,
                    ),
                ),
                (
                    "lifts_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Until then the person is left time to answer.",
                        null=True,
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("told_through", models.CharField(blank=True, max_length=20)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=80)),
                (
                    "is_taken_back",
                    models.BooleanField(
                        default=False,
                        help_text="The person took it back; then nobody has to be told.",
                    ),
                ),
                ("controller", of("accounts.controller", db_index=False)),
                ("subject", of("subjects.subject", db_constraint=False)),
            ],
            options={
                "verbose_name": "restriction",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("subject", "ground", "scope_type", "scope"),
                        name="consent_restriction_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope", ""), ("scope_type", "everything")),
                            models.Q(
                                models.Q(("scope_type", "everything"), _negated=True),
                                models.Q(("scope", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_restriction_has_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("announced_at", None),
                                ("announced_by", ""),
                                ("lifts_at", None),
                                ("reason", ""),
                            ),
                            models.Q(
                                ("announced_at__isnull", False),
                                ("lifts_at__gt", models.F("announced_at")),
                                models.Q(("announced_by", ""), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_restriction_announced_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("told_at", None), ("told_through", "")),
                            models.Q(
                                ("announced_at__isnull", False),
                                ("told_at__isnull", False),
                                models.Q(("told_through", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_restriction_told_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_taken_back", False), ("lifted_at", None), ("lifted_by", "")
                            ),
                            models.Q(
                                ("lifted_at__isnull", False),
                                models.Q(("lifted_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_restriction_lifted_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at", None),
                            ("is_taken_back", True),
                            models.Q(
                                ("lifted_at__gte", models.F("lifts_at")),
                                ("told_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="consent_restriction_lifted_after_notice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceChoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("device", models.BinaryField(max_length=32, null=True)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("functional", "Convenience"),
                            ("analytics", "Measurement"),
                            ("advertising", "Advertising"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_allowed", models.BooleanField()),
                ("method", models.CharField(max_length=20)),
                ("chosen_at", models.DateTimeField()),
                (
                    "expires_at",
                    models.DateTimeField(
                        help_text="Of a device; a person's refusal does not expire.", null=True
                    ),
                ),
                ("controller", of("accounts.controller", db_index=False)),
                ("subject", of("subjects.subject", db_constraint=False, db_index=False, null=True)),
            ],
            options={
                "verbose_name": "choice on a device",
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False)),
                        fields=["expires_at"],
                        name="consent_devicechoice_ending",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("device__isnull", False),
                                ("expires_at__isnull", False),
                                ("subject", None),
                            ),
                            models.Q(
                                ("device", None), ("expires_at", None), ("subject__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="consent_devicechoice_of_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("device__isnull", False)),
                        fields=("controller", "device", "category"),
                        name="consent_devicechoice_device_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("subject__isnull", False)),
                        fields=("subject", "category"),
                        name="consent_devicechoice_person_once",
                    ),
                ],
            },
        ),
        *(migrations.RunSQL(*belongs_together(table)) for table in PERSONAL),
    ]
