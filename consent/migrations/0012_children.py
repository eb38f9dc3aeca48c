"""Who decides for a child or a person in care, and how that was found out."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from subjects.tenancy import belongs_together


class Migration(migrations.Migration):
    dependencies = [("consent", "0011_restrictions"), ("subjects", "0005_guardians")]

    operations = [
        migrations.CreateModel(
            name="GuardianAppointment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("guardian_id", models.UUIDField(db_index=True)),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("court", "A court of law"),
                            ("designated_authority", "A designated authority (RPwD Act 2016 s.15)"),
                            (
                                "local_committee",
                                "A local level committee (National Trust Act 1999 s.13)",
                            ),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "issuer",
                    models.CharField(
                        help_text="Which court, authority or committee it was.", max_length=120
                    ),
                ),
                ("number", models.CharField(help_text="The number of the order.", max_length=80)),
                ("appointed_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, help_text="Empty: open.", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recorded", "Recorded, not verified yet"),
                            ("verified", "Verified"),
                            ("refused", "Not accepted"),
                            ("ended", "Ended"),
                        ],
                        default="recorded",
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True, help_text="A code, never free text.", max_length=60
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
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
                        help_text="The person in care.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "guardian’s appointment",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ends_on__isnull", False), ("state", "verified")),
                        fields=["ends_on"],
                        name="consent_guardian_ending",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["recorded", "verified"])),
                        fields=("subject", "guardian_id"),
                        name="consent_guardian_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", models.F("guardian_id")), _negated=True),
                        name="consent_guardian_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", ""), ("state", "recorded")
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("decided_by", models.F("recorded_by")), _negated=True),
                                models.Q(("state", "recorded"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_guardian_verified_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None),
                                ("ended_by", ""),
                                models.Q(("state", "ended"), _negated=True),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state", "ended"),
                                models.Q(("ended_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_guardian_ended_as_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gt", models.F("appointed_on")),
                            _connector="OR",
                        ),
                        name="consent_guardian_ends_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParentalCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("parent_id", models.UUIDField(db_index=True)),
                (
                    "begun_by",
                    models.CharField(
                        choices=[("child", "The child"), ("parent", "The parent")], max_length=8
                    ),
                ),
                (
                    "is_registered",
                    models.BooleanField(
                        default=False,
                        help_text="The parent says to be registered here, with reliable details.",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("named", "Named, not verified yet"),
                            ("verified", "Verified"),
                            ("refused", "Could not be verified"),
                            ("declined", "Says not to be the parent"),
                            ("lapsed", "Not answered in time"),
                            ("ended", "Ended"),
                        ],
                        default="named",
                        max_length=10,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("existing_details", "Reliable details held already (r.10(1)(a))"),
                            ("voluntary_details", "Details she provided voluntarily (r.10(1)(b))"),
                            ("virtual_token", "A virtual token (r.10(1)(b))"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True, help_text="A code, never free text.", max_length=40
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="Of whoever confirmed it; never a document's.",
                        max_length=80,
                    ),
                ),
                ("named_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
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
                        help_text="The child.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "verification of a parent",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["named", "refused"])),
                        fields=["lapses_at"],
                        name="consent_parent_lapsing",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["named", "refused", "verified"])),
                        fields=("subject", "parent_id"),
                        name="consent_parent_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", models.F("parent_id")), _negated=True),
                        name="consent_parent_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", ""), ("state", "named")),
                            models.Q(
                                ("decided_at__isnull", False),
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("state", "named"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_parent_decided_as_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "verified"), _negated=True),
                            models.Q(
                                ("outcome", "adult_confirmed"),
                                models.Q(("method", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_parent_verified_is_adult",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*belongs_together("consent_guardianappointment")),
        migrations.RunSQL(*belongs_together("consent_parentalcheck")),
    ]
