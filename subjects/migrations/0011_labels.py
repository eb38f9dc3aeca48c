"""What officers read beside each field; nothing of the tables changes."""

import django.db.models.deletion
from django.db import migrations, models

from keys.restating import Restated


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_erasure"),
        ("subjects", "0010_coming_back"),
    ]

    operations = [
        Restated(
            state_operations=[
                migrations.AlterField(
                    model_name="quarantined",
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
                    model_name="quarantined",
                    name="first_at",
                    field=models.DateTimeField(verbose_name="first at"),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("consent", "A consent"),
                            ("record", "A record"),
                            ("person", "A person"),
                        ],
                        help_text="What came: a consent, a record, a person.",
                        max_length=20,
                        verbose_name="what came",
                    ),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="last_at",
                    field=models.DateTimeField(verbose_name="last at"),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="note",
                    field=models.CharField(
                        blank=True,
                        help_text="Never a person's data.",
                        max_length=300,
                        verbose_name="what was done",
                    ),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="settled_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="settled at"),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="settled_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="settled by"),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="source",
                    field=models.CharField(
                        help_text="Where it came from, as a code or an id.",
                        max_length=80,
                        verbose_name="source",
                    ),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="times",
                    field=models.PositiveIntegerField(default=1, verbose_name="times"),
                ),
                migrations.AlterField(
                    model_name="quarantined",
                    name="tombstone",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="subjects.tombstone",
                        verbose_name="tombstone",
                    ),
                ),
                migrations.AlterField(
                    model_name="tombstone",
                    name="case_id",
                    field=models.UUIDField(
                        help_text="The erasure case it comes from.", verbose_name="erasure case"
                    ),
                ),
                migrations.AlterField(
                    model_name="tombstone",
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
                    model_name="tombstone",
                    name="lifted_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="lifted at"),
                ),
                migrations.AlterField(
                    model_name="tombstone",
                    name="lifted_how",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("signed_in", "The person signed in"),
                            ("link_followed", "The person followed a link of theirs"),
                            ("called_off", "Its case was called off"),
                        ],
                        help_text="The act of the person that lifted it, as a code.",
                        max_length=20,
                        verbose_name="how it was lifted",
                    ),
                ),
                migrations.AlterField(
                    model_name="tombstone",
                    name="scheme",
                    field=models.CharField(max_length=12, verbose_name="kind of identifier"),
                ),
                migrations.AlterField(
                    model_name="tombstone",
                    name="set_at",
                    field=models.DateTimeField(verbose_name="set at"),
                ),
            ]
        )
    ]
