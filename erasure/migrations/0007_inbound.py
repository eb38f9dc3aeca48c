"""What controllers have at the platforms that pass deletions on."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_erasure"), ("erasure", "0006_training")]

    operations = [
        migrations.CreateModel(
            name="PlatformApp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "platform",
                    models.CharField(
                        choices=[
                            ("apple", "Apple"),
                            ("google", "Google"),
                            ("meta", "Meta"),
                            ("shopify", "Shopify"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        help_text="The app’s ids there, where the platform names them in what it signs.",
                        size=None,
                    ),
                ),
                ("scheme", models.CharField(default="account", max_length=12)),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        help_text="How our identifiers begin before the id there.",
                        max_length=40,
                    ),
                ),
                ("sealed_secret", models.BinaryField(blank=True, null=True)),
                ("secret_version", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "keys_url",
                    models.CharField(
                        blank=True,
                        help_text="Empty: where the platform publishes its keys.",
                        max_length=300,
                    ),
                ),
                (
                    "keys",
                    models.JSONField(
                        blank=True, default=list, help_text="As they were published last."
                    ),
                ),
                ("keys_at", models.DateTimeField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.CharField(max_length=80)),
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
                "verbose_name": "app at a platform",
                "verbose_name_plural": "apps at platforms",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("controller", "platform"), name="erasure_platform_app_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sealed_secret", None), ("secret_version", None))
                        | models.Q(
                            ("sealed_secret__isnull", False), ("secret_version__isnull", False)
                        ),
                        name="erasure_platform_app_secret_whole",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="callback",
            name="code",
            field=models.CharField(help_text="Told the person for asking.", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="callback",
            constraint=models.UniqueConstraint(
                fields=("controller", "code"), name="erasure_callback_code_once"
            ),
        ),
    ]
