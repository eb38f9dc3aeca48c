"""Reminders, messages to persons, grounds other than consent, and the notice of s.5(2)."""

import django.db.models.functions.datetime
from django.db import migrations, models

import keys.ids
from accounts.stamp import moves_stamp
from subjects.tenancy import belongs_together

PERSONAL = ("consent_message", "consent_personalground")
ID = models.UUIDField(default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False)
PACKS = [("IN", "India"), ("EU", "European Union")]
CITED = [
    "6-1-c", "6-1-e", "9-2-b", "9-2-g", "9-2-h", "9-2-i", "9-2-j", "s7c", "s7d", "s7g", "s7h",
]  # fmt: skip
GROUNDS = (
    "s7a", "s7b", "s7c", "s7d", "s7e", "s7f", "s7g", "s7h", "s7i", "6-1-b", "6-1-c", "6-1-d",
    "6-1-e", "6-1-f", "9-2-b", "9-2-c", "9-2-d", "9-2-e", "9-2-f", "9-2-g", "9-2-h", "9-2-i",
    "9-2-j",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_ledger_more")]

    operations = [
        migrations.CreateModel(
            name="ContactPlan",
            fields=[
                ("id", ID),
                (
                    "remind_days",
                    models.JSONField(
                        default=list,
                        help_text="Days before a consent ends at which its person is reminded.",
                    ),
                ),
                (
                    "confirms",
                    models.JSONField(
                        default=list,
                        help_text="What is confirmed to the person: given, withdrawn ...",
                    ),
                ),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=80)),
            ],
            options={
                "verbose_name": "reminders and confirmations",
                "verbose_name_plural": "reminders and confirmations",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", ID),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("legacy_notice", "Notice about an old consent (DPDP s.5(2))"),
                            ("expiry_reminder", "A consent ends soon"),
                            ("reconsent_request", "The words changed: asked again"),
                            ("confirmation", "What the person chose"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("event_id", models.UUIDField(blank=True, null=True)),
                ("language", models.CharField(blank=True, max_length=20)),
                ("notice_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sent", "Sent"),
                            ("portal", "Only in the portal"),
                            ("dropped", "No longer needed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it was not sent, as a code.", max_length=20
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "message to a person",
                "verbose_name_plural": "messages to people",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="PersonalGround",
            fields=[
                ("id", ID),
                ("pack", models.CharField(choices=PACKS, max_length=2)),
                (
                    "ground",
                    models.CharField(
                        choices=[(code, code) for code in GROUNDS],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "Claimed: evidence is not complete"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                        ],
                        default="claimed",
                        max_length=8,
                    ),
                ),
                (
                    "provided_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the person gave the data of their own accord.",
                        null=True,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="The company's own reference of the contract, application, order or incident.",
                        max_length=120,
                    ),
                ),
                (
                    "citation",
                    models.CharField(
                        blank=True, help_text="The law and the place in it.", max_length=200
                    ),
                ),
                (
                    "assessment_id",
                    models.UUIDField(
                        blank=True,
                        help_text="The legal finding that balanced the interests.",
                        null=True,
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day it counts.", null=True),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=80)),
                ("activated_at", models.DateTimeField(blank=True, null=True)),
                ("activated_by", models.CharField(blank=True, max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=80)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True, help_text="A code, never free text.", max_length=60
                    ),
                ),
            ],
            options={
                "verbose_name": "ground other than consent",
                "verbose_name_plural": "grounds other than consent",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="LegacyQueue",
            fields=[],
            options={
                "verbose_name": "old consents without notice",
                "verbose_name_plural": "old consents without notice",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("consent.purpose",),
        ),
        migrations.AddField(
            model_name="commitment",
            name="recorded_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
        migrations.AddField(
            model_name="consentstate",
            name="is_noticed",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The notice of DPDP s.5(2) about a consent older than the Act was given.",
            ),
        ),
        migrations.AddIndex(
            model_name="consentstate",
            index=models.Index(
                condition=models.Q(
                    ("is_noticed", False),
                    ("notice_version_id", None),
                    ("state__in", ["given", "renewed"]),
                ),
                fields=["purpose", "id"],
                name="consent_state_unnoticed",
            ),
        ),
        migrations.AddField(
            model_name="contactplan",
            name="controller",
            field=models.ForeignKey(
                on_delete=models.PROTECT, related_name="+", to="accounts.controller"
            ),
        ),
        migrations.AddField(
            model_name="contactplan",
            name="purpose",
            field=models.OneToOneField(
                on_delete=models.PROTECT, related_name="contact_plan", to="consent.purpose"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="controller",
            field=models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.controller"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="notice_version",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="consent.noticeversion",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="purpose",
            field=models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="+", to="consent.purpose"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="subject",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.PROTECT,
                related_name="+",
                to="subjects.subject",
            ),
        ),
        migrations.AddField(
            model_name="personalground",
            name="controller",
            field=models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.controller"
            ),
        ),
        migrations.AddField(
            model_name="personalground",
            name="purpose",
            field=models.ForeignKey(
                on_delete=models.PROTECT, related_name="+", to="consent.purpose"
            ),
        ),
        migrations.AddField(
            model_name="personalground",
            name="subject",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=models.PROTECT,
                related_name="+",
                to="subjects.subject",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["controller", "kind", "purpose", "state"], name="consent_message_counts"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("subject", "purpose", "kind", "key"), name="consent_message_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                    _connector="OR",
                ),
                name="consent_message_sent_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="personalground",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("subject", "purpose", "ground"),
                name="consent_ground_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="personalground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "active"), _negated=True),
                    models.Q(("ground__in", ["6-1-f"]), ("assessment_id__isnull", False)),
                    models.Q(
                        ("ground__in", CITED),
                        models.Q(("citation", ""), _negated=True),
                    ),
                    models.Q(("ground__in", ["s7a"]), ("provided_at__isnull", False)),
                    models.Q(
                        (
                            "ground__in",
                            ["6-1-b", "6-1-d", "9-2-c", "9-2-d", "9-2-e", "9-2-f", "s7f", "s7i"],
                        ),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    models.Q(
                        ("ground__in", ["s7b", "s7e"]),
                        models.Q(("reference", ""), _negated=True),
                        models.Q(("citation", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_active_ground_has_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="personalground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("activated_at", None), ("activated_by", "")),
                    models.Q(
                        ("activated_at__isnull", False),
                        models.Q(("activated_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_ground_activated_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="personalground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "active"), _negated=True),
                    ("activated_at__isnull", False),
                    _connector="OR",
                ),
                name="consent_active_ground_was_activated",
            ),
        ),
        migrations.AddConstraint(
            model_name="personalground",
            constraint=models.CheckConstraint(
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
                name="consent_ground_ended_by_somebody",
            ),
        ),
        *(migrations.RunSQL(*belongs_together(table)) for table in PERSONAL),
        migrations.RunSQL(*moves_stamp("consent_contactplan")),
    ]
