"""What officers read beside each field; nothing of the tables changes."""

import django.db.models.deletion
from django.db import migrations, models

from keys.restating import Restated


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_erasure"),
        ("registry", "0009_contacts"),
    ]

    operations = [
        Restated(
            state_operations=[
                migrations.AlterField(
                    model_name="connector",
                    name="checked_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="checked at"),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="created_by",
                    field=models.CharField(max_length=80, verbose_name="entered by"),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="fault",
                    field=models.CharField(
                        blank=True,
                        help_text="What the last check found.",
                        max_length=60,
                        verbose_name="what is wrong",
                    ),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="fingerprint",
                    field=models.CharField(
                        blank=True, max_length=64, verbose_name="accepted shape"
                    ),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="is_active",
                    field=models.BooleanField(default=True, verbose_name="in use"),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="kind",
                    field=models.SlugField(
                        help_text="An adapter of the suite, or the name of a declared one.",
                        max_length=40,
                        verbose_name="kind of connector",
                    ),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="per_minute",
                    field=models.PositiveIntegerField(
                        default=0,
                        help_text="Calls a minute at most; 0: what the connector says of itself.",
                        verbose_name="calls a minute at most",
                    ),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="settings",
                    field=models.JSONField(blank=True, default=dict, verbose_name="settings"),
                ),
                migrations.AlterField(
                    model_name="connector",
                    name="system",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connector",
                        to="registry.system",
                        verbose_name="system",
                    ),
                ),
                migrations.AlterField(
                    model_name="wait",
                    name="after",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.system",
                        verbose_name="waits for",
                    ),
                ),
                migrations.AlterField(
                    model_name="wait",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="wait",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="wait",
                    name="created_by",
                    field=models.CharField(max_length=80, verbose_name="entered by"),
                ),
                migrations.AlterField(
                    model_name="wait",
                    name="seconds",
                    field=models.PositiveIntegerField(
                        default=0, verbose_name="and so many seconds more"
                    ),
                ),
                migrations.AlterField(
                    model_name="wait",
                    name="system",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waits",
                        to="registry.system",
                        verbose_name="system",
                    ),
                ),
            ]
        )
    ]
