"""An approved version begins at a moment; until then, and only then, it may be taken back."""

import django.db.models.deletion
from django.db import migrations, models

VERSIONS = (
    ("consent_purposeversion", "approved", "consent_refuse_approved", "an approved purpose"),
    ("consent_noticeversion", "published", "consent_refuse_published", "a published notice"),
)
BEGIN = """
ALTER TABLE {table} DISABLE TRIGGER frozen;
UPDATE {table} SET effective_from = {verb}_at WHERE {verb}_at IS NOT NULL;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER frozen;
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept {table};
BEGIN
  IF OLD.{verb}_at IS NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.effective_from > clock_timestamp() AND NEW.effective_from IS NULL
  THEN
    kept := NEW;
    kept.effective_from := OLD.effective_from;
    IF kept IS NOT DISTINCT FROM OLD THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '{what} version never changes' USING ERRCODE = 'SL001';
END $$;
"""
AT_ONCE = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.{verb}_at IS NOT NULL THEN
    RAISE EXCEPTION '{what} version never changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
ONE_FAMILY = """
ALTER TABLE consent_purposeversion ADD CONSTRAINT consent_purposeversion_one_family
  FOREIGN KEY (controller_id, parent_id) REFERENCES consent_purpose (controller_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE consent_purposeversion ADD CONSTRAINT consent_purposeversion_not_its_own_parent
  CHECK (parent_id <> purpose_id);
"""
ANY_FAMILY = """
ALTER TABLE consent_purposeversion DROP CONSTRAINT consent_purposeversion_not_its_own_parent;
ALTER TABLE consent_purposeversion DROP CONSTRAINT consent_purposeversion_one_family;
"""
TEXTS = {
    "enables": "The goods, services or uses it makes possible (r.3(b)(ii)).",
    "dpv": "For example dpv:DirectMarketing.",
    "grounds": 'The ground per law, for example {"IN": "consent", "EU": "6-1-a"}.',
    "parent": "The wider purpose it belongs to. A consent to one is none to the other.",
}


def begins(verb):
    """The column of the moment at which a version begins."""
    return models.DateTimeField(
        "in force from", blank=True, null=True,
        help_text=f"Empty though {verb}: it was taken back before it began.",
    )  # fmt: skip


def begin(template):
    """The SQL for both kinds of version."""
    return "".join(
        template.format(table=table, verb=verb, function=function, what=what)
        for table, verb, function, what in VERSIONS
    )


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_objections")]

    operations = [
        migrations.AddField("purposeversion", "effective_from", begins("approved")),
        migrations.AddField("noticeversion", "effective_from", begins("published")),
        migrations.AddField(
            "purposeversion", "parent",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="consent.purpose", help_text=TEXTS["parent"],
            ),
        ),
        migrations.AlterField(
            "purposeversion", "enables",
            models.TextField(blank=True, help_text=TEXTS["enables"], max_length=1000),
        ),
        migrations.AlterField(
            "purposeversion", "dpv_purpose",
            models.CharField(blank=True, help_text=TEXTS["dpv"], max_length=120),
        ),
        migrations.AlterField(
            "purposeversion", "grounds",
            models.JSONField(blank=True, default=dict, help_text=TEXTS["grounds"]),
        ),
        migrations.AlterField(
            "purposeversion", "owner", models.CharField(blank=True, max_length=120)
        ),
        migrations.RunSQL(begin(BEGIN), begin(AT_ONCE)),
        migrations.AddConstraint(
            "purposeversion",
            models.CheckConstraint(
                condition=models.Q(effective_from=None)
                | models.Q(approved_at__isnull=False, effective_from__gte=models.F("approved_at")),
                name="consent_purpose_begins_approved",
            ),
        ),
        migrations.AddConstraint(
            "noticeversion",
            models.CheckConstraint(
                condition=models.Q(effective_from=None)
                | models.Q(
                    published_at__isnull=False, effective_from__gte=models.F("published_at")
                ),
                name="consent_notice_begins_published",
            ),
        ),
        migrations.RunSQL(ONE_FAMILY, ANY_FAMILY),
    ]  # fmt: skip
