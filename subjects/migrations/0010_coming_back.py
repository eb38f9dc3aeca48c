"""Requests for links by address, and sessions that go with the person they are of."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from subjects.tenancy import belongs_together

_FORGET_SESSIONS = "DELETE FROM django_session"
"""They are kept in a table of ours from now on: whoever was signed in signs in again."""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_erasure"),
        ("sessions", "0001_initial"),
        ("subjects", "0009_returns"),
    ]

    operations = [
        migrations.CreateModel(
            name="LinkRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sealed", models.BinaryField(max_length=500)),
                ("key_version", models.PositiveIntegerField()),
                ("token_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("language", models.CharField(blank=True, max_length=20)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
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
                "indexes": [models.Index(fields=["expires_at"], name="subjects_link_request_age")],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "controller",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subjects.subject",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("controller", None), ("subject", None)),
                            models.Q(("controller__isnull", False), ("subject__isnull", False)),
                            _connector="OR",
                        ),
                        name="subjects_session_whose",
                    )
                ],
            },
        ),
        migrations.RunSQL(*belongs_together("subjects_session")),
        migrations.RunSQL(_FORGET_SESSIONS, migrations.RunSQL.noop),
    ]
