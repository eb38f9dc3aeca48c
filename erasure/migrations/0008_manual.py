"""Links to what is done by hand, and the evidence that it was."""

import django.db.models.deletion
from django.db import migrations, models

import keys.ids

# What was shown stays as it was shown, and is decided upon once; only its file's key goes.
GUARD = """
CREATE FUNCTION erasure_guard_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'what was shown is never deleted' USING ERRCODE = 'SL001';
  END IF;
  IF (NEW.controller_id, NEW.step_id, NEW.round, NEW.claim, NEW.media_type, NEW.size, NEW.sha256,
      NEW.shown_at, NEW.shown_by)
     IS DISTINCT FROM
     (OLD.controller_id, OLD.step_id, OLD.round, OLD.claim, OLD.media_type, OLD.size, OLD.sha256,
      OLD.shown_at, OLD.shown_by)
     OR OLD.decided_at IS NOT NULL
        AND (NEW.decided_at, NEW.decided_by, NEW.is_accepted, NEW.reason)
            IS DISTINCT FROM (OLD.decided_at, OLD.decided_by, OLD.is_accepted, OLD.reason)
  THEN
    RAISE EXCEPTION 'what was shown stays as it was shown' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE OR DELETE ON erasure_shownevidence
  FOR EACH ROW EXECUTE FUNCTION erasure_guard_shown();
"""
FREE = """
DROP TRIGGER guarded ON erasure_shownevidence;
DROP FUNCTION erasure_guard_shown();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_erasure"),
        ("erasure", "0007_inbound"),
        ("registry", "0008_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "digest",
                    models.CharField(help_text="Of the link’s token.", max_length=64, unique=True),
                ),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
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
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.system",
                    ),
                ),
            ],
            options={
                "verbose_name": "opened errand",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ShownEvidence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "claim",
                    models.CharField(
                        choices=[
                            ("done", "The person’s data are gone"),
                            ("nobody", "The system knows nobody of these identifiers"),
                            ("refused", "It cannot be done"),
                        ],
                        max_length=8,
                    ),
                ),
                ("media_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("wrapped_key", models.BinaryField(blank=True, null=True)),
                ("wrapping_version", models.PositiveIntegerField(blank=True, null=True)),
                ("shown_at", models.DateTimeField()),
                ("shown_by", models.CharField(max_length=80)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=80)),
                ("is_accepted", models.BooleanField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Never a person’s data.", max_length=300
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
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shown",
                        to="erasure.step",
                    ),
                ),
            ],
            options={
                "verbose_name": "shown evidence",
                "verbose_name_plural": "shown evidence",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)),
                        fields=("step",),
                        name="erasure_shown_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("wrapped_key", None), ("wrapping_version", None)),
                            models.Q(
                                ("wrapped_key__isnull", False), ("wrapping_version__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="erasure_shown_key_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", ""), ("is_accepted", None)
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("is_accepted__isnull", False),
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("decided_by", models.F("shown_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="erasure_shown_needs_two",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, FREE),
    ]
