"""The latest time on a ledger, and records of one person that were joined."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import keys.ids
from subjects.tenancy import belongs_together

ABSORBED = (
    "ALTER TABLE consent_merge ADD CONSTRAINT consent_merge_absorbs_ones_own FOREIGN KEY "
    "(controller_id, absorbed_id) REFERENCES subjects_subject (controller_id, id) "
    "DEFERRABLE INITIALLY IMMEDIATE",
    "ALTER TABLE consent_merge DROP CONSTRAINT consent_merge_absorbs_ones_own",
)


class Migration(migrations.Migration):
    dependencies = [("consent", "0008_languages")]

    operations = [
        # A state that was there before may have any lines: now is later than all of them, so the
        # first choice that comes reads them, and the next knows.
        migrations.AddField(
            model_name="consentstate",
            name="latest_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("absorbed_id", models.UUIDField(db_index=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("duplicate", "Recorded twice"),
                            ("guest", "Bought as a guest, then opened an account"),
                            ("accounts", "Asked to have their accounts joined"),
                        ],
                        max_length=20,
                    ),
                ),
                ("merged_at", models.DateTimeField()),
                ("merged_by", models.CharField(max_length=80)),
                ("identifiers", models.JSONField(default=list)),
                ("standings", models.JSONField(default=list)),
                ("objections", models.JSONField(default=list)),
                (
                    "facts",
                    models.JSONField(default=dict, help_text="Facts it changed: before and after."),
                ),
                ("split_at", models.DateTimeField(blank=True, null=True)),
                ("split_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "split_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mistake", "They are two people"),
                            ("disputed", "The person disputes it"),
                            ("household", "They share an address or a device"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
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
            options={
                "verbose_name": "merged record",
                "verbose_name_plural": "merged records",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("split_at", None)),
                        fields=("controller", "absorbed_id"),
                        name="consent_merge_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", models.F("absorbed_id")), _negated=True),
                        name="consent_merge_is_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("split_at", None), ("split_by", ""), ("split_reason", "")
                        )
                        | models.Q(
                            ("split_at__isnull", False),
                            models.Q(("split_by", ""), ("split_reason", ""), _negated=True),
                        ),
                        name="consent_split_is_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(*belongs_together("consent_merge")),
        migrations.RunSQL(*ABSORBED),
    ]
