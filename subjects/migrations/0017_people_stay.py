"""A person's row is emptied and never deleted: the ledger names it, and looks it up only forwards."""

from django.db import migrations

STAY = """
CREATE FUNCTION subjects_refuse_deleting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a person''s row is emptied, never deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stays BEFORE DELETE ON subjects_subject
  FOR EACH ROW EXECUTE FUNCTION subjects_refuse_deleting();
ALTER TABLE subjects_subject ENABLE ALWAYS TRIGGER stays;
"""
GO = """
DROP TRIGGER stays ON subjects_subject;
DROP FUNCTION subjects_refuse_deleting();
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0016_returned")]

    operations = [migrations.RunSQL(STAY, GO)]
