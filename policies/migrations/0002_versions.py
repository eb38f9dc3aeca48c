"""Policy versions: what officers decide beyond the law."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import keys.ids
from accounts.stamp import moves_stamp

FROZEN = """
CREATE FUNCTION policies_refuse_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.approved_at IS NOT NULL AND (TG_OP = 'DELETE' OR OLD.state = 'withdrawn'
     OR (to_jsonb(NEW) - '{state,withdrawn_at,withdrawn_by}'::text[])
        IS DISTINCT FROM (to_jsonb(OLD) - '{state,withdrawn_at,withdrawn_by}'::text[])) THEN
    RAISE EXCEPTION 'an approved policy version never changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON policies_policyversion
  FOR EACH ROW EXECUTE FUNCTION policies_refuse_approved();
"""
THAWED = """
DROP TRIGGER frozen ON policies_policyversion;
DROP FUNCTION policies_refuse_approved();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_catalogue_stamp"),
        ("subjects", "0001_initial"),
        ("policies", "0001_reported"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="number",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("rehearsed", "Draft, rehearsed"),
                            ("approved", "Approved"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        help_text="Why this version is made, for colleagues.",
                        max_length=300,
                        verbose_name="what changes",
                    ),
                ),
                ("rules", models.JSONField(default=list, verbose_name="rules")),
                (
                    "sha256",
                    models.CharField(
                        help_text="Of the canonical bytes of the rules.",
                        max_length=64,
                        verbose_name="digest",
                    ),
                ),
                ("created_by", models.CharField(editable=False, max_length=80)),
                (
                    "authors",
                    models.JSONField(
                        default=list, help_text="Ids of everybody who changed the rules."
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="drafted at")),
                ("changed_at", models.DateTimeField(verbose_name="last changed at")),
                ("rehearsed_at", models.DateTimeField(null=True, verbose_name="rehearsed at")),
                (
                    "rehearsal_id",
                    models.UUIDField(help_text="The rehearsal, by its id.", null=True),
                ),
                ("approved_by", models.CharField(blank=True, max_length=80)),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("effective_from", models.DateTimeField(null=True, verbose_name="in force from")),
                ("signature", models.BinaryField(default=b"")),
                (
                    "signing_key",
                    models.CharField(blank=True, help_text="The key's fingerprint.", max_length=64),
                ),
                ("signing_version", models.PositiveIntegerField(default=0)),
                ("withdrawn_by", models.CharField(blank=True, max_length=80)),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn at")),
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
                "verbose_name": "policy version",
                "verbose_name_plural": "policy versions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("controller", "number"), name="policies_version_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "rehearsed"))),
                        fields=("controller",),
                        name="policies_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "rehearsed", "approved", "withdrawn"])
                        ),
                        name="policies_version_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at", None),
                                ("approved_by", ""),
                                ("effective_from", None),
                                ("signature", b""),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("effective_from__isnull", False),
                                models.Q(("approved_by", ""), _negated=True),
                                models.Q(("signature", b""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="policies_approval_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("state__in", ("draft", "rehearsed"))),
                            models.Q(("approved_at__isnull", False), ("state", "approved")),
                            ("state", "withdrawn"),
                            _connector="OR",
                        ),
                        name="policies_state_follows_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(("approved_by", models.F("created_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="policies_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rehearsed"), _negated=True),
                            models.Q(
                                ("rehearsed_at__gte", models.F("changed_at")),
                                ("rehearsed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="policies_rehearsed_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rehearsal_id", None), ("rehearsed_at", None)),
                            models.Q(
                                ("rehearsal_id__isnull", False), ("rehearsed_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="policies_rehearsal_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "withdrawn"),
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawn_by", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True),
                                ("withdrawn_at", None),
                                ("withdrawn_by", ""),
                            ),
                            _connector="OR",
                        ),
                        name="policies_withdrawal_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Volunteered",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(max_length=100)),
                ("attribute", models.CharField(max_length=100)),
                ("volunteered_at", models.DateTimeField()),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "volunteered attributes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "purpose", "attribute"), name="policies_volunteered_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SwitchedOff",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since_at", models.DateTimeField()),
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
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={"verbose_name_plural": "personalisation switched off"},
        ),
        migrations.RunSQL(*moves_stamp("policies_policyversion")),
        migrations.RunSQL(FROZEN, THAWED),
    ]
