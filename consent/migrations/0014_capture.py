"""Who brings choices in: consent managers and their keys, company sites; what a manager shares."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from keys.ledger import append_only
from subjects.tenancy import belongs_together

STAMPED = """
CREATE OR REPLACE TRIGGER catalogue_changed
  AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON consent_noticetranslation
  FOR EACH STATEMENT EXECUTE FUNCTION sammati_catalogue_changed()
"""
UNSTAMPED = "DROP TRIGGER IF EXISTS catalogue_changed ON consent_noticetranslation"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("consent", "0013_subscribers"),
        ("subjects", "0005_guardians"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentManager",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                (
                    "registration",
                    models.CharField(
                        help_text="Its registration with the Data Protection Board (s.6(9)).",
                        max_length=80,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("registered", "Registered, not yet accepted"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                        ],
                        default="registered",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.CharField(max_length=80)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_by", models.CharField(blank=True, max_length=80)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                ("suspended_by", models.CharField(blank=True, max_length=80)),
                (
                    "suspension",
                    models.CharField(blank=True, help_text="Why: a code.", max_length=60),
                ),
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
                "verbose_name": "consent manager",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="ManagerKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "public",
                    models.BinaryField(help_text="The 32 bytes of an Ed25519 key.", max_length=32),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="consent.consentmanager",
                    ),
                ),
            ],
            options={
                "verbose_name": "key of a consent manager",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ManagerRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("request_id", models.UUIDField()),
                (
                    "digest",
                    models.BinaryField(help_text="SHA-256 of the signed body.", max_length=32),
                ),
                ("event_id", models.UUIDField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
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
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.managerkey",
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.consentmanager",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SharingRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose_code", models.CharField(max_length=100)),
                (
                    "sender",
                    models.CharField(help_text="The fiduciary that gave the data.", max_length=80),
                ),
                ("via", models.CharField(blank=True, max_length=80)),
                (
                    "receiver",
                    models.CharField(help_text="The fiduciary that got them.", max_length=80),
                ),
                (
                    "content_sha256",
                    models.CharField(
                        help_text="Of the encrypted content, which is not kept.", max_length=64
                    ),
                ),
                ("shared_at", models.DateTimeField()),
                ("keep_until_at", models.DateTimeField()),
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
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CollectionSite",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        help_text="Scheme and host as browsers say it: https://shop.example.",
                        max_length=200,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                "verbose_name": "company site",
                "ordering": ["origin", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("controller", "origin"),
                        name="consent_site_once",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="consentmanager",
            constraint=models.UniqueConstraint(
                fields=("controller", "code"), name="consent_manager_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="consentmanager",
            constraint=models.UniqueConstraint(
                fields=("controller", "registration"), name="consent_manager_registered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="consentmanager",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_at", None),
                        ("accepted_by", ""),
                        models.Q(("state", "active"), _negated=True),
                    ),
                    models.Q(
                        ("accepted_at__isnull", False),
                        models.Q(("accepted_by", ""), _negated=True),
                        models.Q(("accepted_by", models.F("created_by")), _negated=True),
                        models.Q(("state", "registered"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_manager_accepted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentmanager",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("suspended_at", None),
                        ("suspended_by", ""),
                        ("suspension", ""),
                        models.Q(("state", "suspended"), _negated=True),
                    ),
                    models.Q(
                        ("state", "suspended"),
                        ("suspended_at__isnull", False),
                        models.Q(("suspended_by", ""), _negated=True),
                        models.Q(("suspension", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="consent_manager_suspension_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="managerkey",
            constraint=models.UniqueConstraint(
                fields=("manager", "public"), name="consent_managerkey_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="managerkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                name="consent_managerkey_expires_after_creation",
            ),
        ),
        migrations.AddConstraint(
            model_name="managerrequest",
            constraint=models.UniqueConstraint(
                fields=("manager", "request_id"), name="consent_managerrequest_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("content_sha256__regex", "^[0-9a-f]{64}$")),
                name="consent_sharing_commits_only",
            ),
        ),
        migrations.RunSQL(*append_only("consent_managerrequest")),
        migrations.RunSQL(*append_only("consent_sharingrecord")),
        migrations.RunSQL(*belongs_together("consent_sharingrecord")),
        migrations.RunSQL(STAMPED, UNSTAMPED),
    ]
