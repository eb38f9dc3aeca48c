"""Words of a notice are drafted and approved language by language; languages may be waived."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models

import keys.ids

THAW = """
ALTER TABLE consent_noticetranslation DISABLE TRIGGER frozen;
UPDATE consent_noticetranslation AS t
SET drafted_at = v.created_at, drafted_by = v.created_by,
    state = CASE WHEN v.published_at IS NULL THEN 'draft' ELSE 'approved' END,
    approved_at = v.published_at, approved_by = v.published_by,
    approved_by_type = CASE WHEN v.published_at IS NULL THEN '' ELSE 'officer' END
FROM consent_noticeversion AS v WHERE v.id = t.notice_version_id;
DROP TRIGGER frozen ON consent_noticetranslation;
"""
FREEZE_WITH_VERSION = """
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON consent_noticetranslation
  FOR EACH ROW EXECUTE FUNCTION consent_refuse_part_of_published();
ALTER TABLE consent_noticetranslation ENABLE ALWAYS TRIGGER frozen;
"""
FREEZE = """
CREATE FUNCTION consent_keep_translation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'words are drafted first: an approved translation never changes'
        USING ERRCODE = 'SL001';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state = 'approved' THEN
    RAISE EXCEPTION 'an approved translation never changes' USING ERRCODE = 'SL001';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF (NEW.id, NEW.controller_id, NEW.notice_version_id, NEW.language)
     IS DISTINCT FROM (OLD.id, OLD.controller_id, OLD.notice_version_id, OLD.language) THEN
    RAISE EXCEPTION 'the place of a translation never changes' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.state = 'approved'
     AND (NEW.content, NEW.sha256, NEW.origin, NEW.drafted_at, NEW.drafted_by,
          NEW.drafted_by_type)
         IS DISTINCT FROM (OLD.content, OLD.sha256, OLD.origin, OLD.drafted_at, OLD.drafted_by,
                           OLD.drafted_by_type) THEN
    RAISE EXCEPTION 'who approves a translation never changes it' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON consent_noticetranslation
  FOR EACH ROW EXECUTE FUNCTION consent_keep_translation();
ALTER TABLE consent_noticetranslation ENABLE ALWAYS TRIGGER frozen;

CREATE FUNCTION consent_keep_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept consent_languagewaiver;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.approved_at IS NULL THEN
    kept := NEW;
    kept.approved_at := OLD.approved_at;
    kept.approved_by := OLD.approved_by;
    IF kept IS NOT DISTINCT FROM OLD THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a waiver never changes' USING ERRCODE = 'SL001';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON consent_languagewaiver
  FOR EACH ROW EXECUTE FUNCTION consent_keep_waiver();
ALTER TABLE consent_languagewaiver ENABLE ALWAYS TRIGGER frozen;
"""
RELEASE = """
DROP TRIGGER frozen ON consent_languagewaiver;
DROP FUNCTION consent_keep_waiver();
DROP TRIGGER frozen ON consent_noticetranslation;
DROP FUNCTION consent_keep_translation();
"""
WITHOUT_LATER_DRAFTS = """
DELETE FROM consent_noticetranslation WHERE state = 'draft' AND notice_version_id IN (
  SELECT id FROM consent_noticeversion WHERE published_at IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_pace"),
        ("consent", "0015_exports"),
    ]

    operations = [
        migrations.AlterField(
            "noticetranslation", "language",
            models.CharField(
                "language", max_length=20, help_text="A BCP 47 tag, such as hi or ks-Deva."
            ),
        ),
        migrations.AddField(
            "noticetranslation", "origin",
            models.CharField(
                "written by", choices=[("human", "A person"), ("machine", "A machine")],
                default="human", max_length=7,
            ),
        ),
        migrations.AddField(
            "noticetranslation", "state",
            models.CharField(
                "state", choices=[("draft", "Draft"), ("approved", "Approved")], default="draft",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "noticetranslation", "drafted_at", models.DateTimeField("drafted at", null=True)
        ),
        migrations.AddField(
            "noticetranslation", "drafted_by",
            models.CharField(default="", max_length=80), preserve_default=False,
        ),
        migrations.AddField(
            "noticetranslation", "drafted_by_type",
            models.CharField(default="officer", max_length=10), preserve_default=False,
        ),
        migrations.AddField(
            "noticetranslation", "approved_at",
            models.DateTimeField("approved at", blank=True, null=True),
        ),
        migrations.AddField(
            "noticetranslation", "approved_by",
            models.CharField(blank=True, default="", max_length=80), preserve_default=False,
        ),
        migrations.AddField(
            "noticetranslation", "approved_by_type",
            models.CharField(blank=True, default="", max_length=10), preserve_default=False,
        ),
        migrations.RunSQL(THAW, FREEZE_WITH_VERSION),
        migrations.AlterField(
            "noticetranslation", "drafted_at", models.DateTimeField("drafted at")
        ),
        migrations.AddConstraint(
            "noticetranslation",
            models.CheckConstraint(
                condition=models.Q(
                    state="draft", approved_at=None, approved_by="", approved_by_type=""
                )
                | models.Q(state="approved", approved_at__isnull=False)
                & ~models.Q(approved_by=""),
                name="consent_translation_approved_whole",
            ),
        ),
        migrations.AddConstraint(
            "noticetranslation",
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("drafted_by")),
                name="consent_translation_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            "noticetranslation",
            models.CheckConstraint(
                condition=models.Q(origin="human")
                | models.Q(origin="machine")
                & (models.Q(state="draft") | models.Q(approved_by_type="officer")),
                name="consent_translation_machine_read_by_officer",
            ),
        ),
        migrations.CreateModel(
            name="LanguageWaiver",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("languages", models.JSONField(verbose_name="languages")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("waived_on", models.DateField(verbose_name="waived on")),
                ("waived_by", models.CharField(max_length=80)),
                (
                    "until_on",
                    models.DateField(
                        help_text="The last day on which it counts.", verbose_name="until"
                    ),
                ),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="approved at"),
                ),
                ("approved_by", models.CharField(blank=True, max_length=80)),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="accounts.controller",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waivers",
                        to="consent.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "language waiver",
                "verbose_name_plural": "language waivers",
                "ordering": ["-until_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(approved_at=None, approved_by="")
                        | models.Q(approved_at__isnull=False) & ~models.Q(approved_by=""),
                        name="consent_waiver_approved_whole",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(approved_by=models.F("waived_by")),
                        name="consent_waiver_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            until_on__gte=models.F("waived_on"),
                            until_on__lte=models.F("waived_on") + timedelta(days=366),
                        ),
                        name="consent_waiver_at_most_a_year",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(reason="") & ~models.Q(languages=[]),
                        name="consent_waiver_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FREEZE, RELEASE),
        migrations.RunSQL(migrations.RunSQL.noop, WITHOUT_LATER_DRAFTS),
    ]  # fmt: skip
