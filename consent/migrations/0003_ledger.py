"""The ledger refuses change, published words never move, and no row crosses controllers."""

from django.db import migrations

from accounts.stamp import moves_stamp
from keys.ledger import append_only
from subjects.tenancy import belongs_together

PERSONAL = (
    "consent_consentevent",
    "consent_consentstate",
    "consent_objection",
    "consent_commitment",
)
STAMPED = (
    "consent_purpose", "consent_purposeversion", "consent_notice", "consent_noticeversion",
    "consent_noticepurpose",
)  # fmt: skip
OF_PURPOSE = ("consent_consentevent", "consent_consentstate")

FREEZE = """
CREATE FUNCTION consent_refuse_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.approved_at IS NOT NULL THEN
    RAISE EXCEPTION 'an approved purpose version never changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON consent_purposeversion
  FOR EACH ROW EXECUTE FUNCTION consent_refuse_approved();

CREATE FUNCTION consent_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published notice version never changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON consent_noticeversion
  FOR EACH ROW EXECUTE FUNCTION consent_refuse_published();

CREATE FUNCTION consent_refuse_part_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  versions uuid[] := ARRAY[]::uuid[];
BEGIN
  IF TG_OP <> 'INSERT' THEN versions := versions || OLD.notice_version_id; END IF;
  IF TG_OP <> 'DELETE' THEN versions := versions || NEW.notice_version_id; END IF;
  IF EXISTS (SELECT 1 FROM consent_noticeversion
             WHERE id = ANY(versions) AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a published notice version never changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON consent_noticetranslation
  FOR EACH ROW EXECUTE FUNCTION consent_refuse_part_of_published();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON consent_noticepurpose
  FOR EACH ROW EXECUTE FUNCTION consent_refuse_part_of_published();
"""
THAW = """
DROP TRIGGER frozen ON consent_noticepurpose;
DROP TRIGGER frozen ON consent_noticetranslation;
DROP TRIGGER frozen ON consent_noticeversion;
DROP TRIGGER frozen ON consent_purposeversion;
DROP FUNCTION consent_refuse_part_of_published();
DROP FUNCTION consent_refuse_published();
DROP FUNCTION consent_refuse_approved();
"""


def of_purpose(table: str) -> tuple[str, str]:
    name = f"{table}_one_purpose_owner"
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (controller_id, purpose_id) "
        "REFERENCES consent_purpose (controller_id, id) DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0002_subjects"),
        ("subjects", "0002_one_controller"),
        ("registry", "0002_catalogue_stamp"),
    ]
    operations = [
        migrations.RunSQL(*append_only("consent_consentevent")),
        *(migrations.RunSQL(*belongs_together(table)) for table in PERSONAL),
        *(migrations.RunSQL(*of_purpose(table)) for table in OF_PURPOSE),
        migrations.RunSQL(FREEZE, THAW),
        *(migrations.RunSQL(*moves_stamp(table)) for table in STAMPED),
    ]
