"""Codes that receipts and services name never move, and no replica mode silences what is frozen."""

from django.db import migrations

FROZEN = (
    "consent_purposeversion", "consent_noticeversion", "consent_noticetranslation",
    "consent_noticepurpose",
)  # fmt: skip

CODES = """
CREATE FUNCTION consent_refuse_renaming() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a code never changes; close it and draft another' USING ERRCODE = 'SL001';
END $$;
CREATE TRIGGER frozen_code BEFORE UPDATE OF code, controller_id ON consent_purpose
  FOR EACH ROW WHEN ((OLD.code, OLD.controller_id) IS DISTINCT FROM (NEW.code, NEW.controller_id))
  EXECUTE FUNCTION consent_refuse_renaming();
CREATE TRIGGER frozen_code BEFORE UPDATE OF code, pack, controller_id ON consent_notice
  FOR EACH ROW
  WHEN ((OLD.code, OLD.pack, OLD.controller_id)
        IS DISTINCT FROM (NEW.code, NEW.pack, NEW.controller_id))
  EXECUTE FUNCTION consent_refuse_renaming();
ALTER TABLE consent_purpose ENABLE ALWAYS TRIGGER frozen_code;
ALTER TABLE consent_notice ENABLE ALWAYS TRIGGER frozen_code;
"""
RELEASE = """
DROP TRIGGER frozen_code ON consent_notice;
DROP TRIGGER frozen_code ON consent_purpose;
DROP FUNCTION consent_refuse_renaming();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_fewer_indexes")]
    operations = [
        migrations.RunSQL(CODES, RELEASE),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER frozen",
                f"ALTER TABLE {table} ENABLE TRIGGER frozen",
            )
            for table in FROZEN
        ),
    ]
