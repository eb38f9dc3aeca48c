"""What a line or a state rests on is looked up once a statement, not row by row.

A foreign key looks its row up for each line and locks it each time: a third of what an import of a
million choices costs to store them. Here the person, the purpose and the notice of a statement's
rows are looked up together, and more is asked of them: the purpose is approved in that very version
and the words are published, all by the same controller. None of them can be deleted (0003, 0007,
subjects 0017), so that nothing has to be asked the other way round.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("consent_consentevent", "consent_consentstate")

FUNCTIONS = """
CREATE FUNCTION consent_refuse_unfounded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A look by the key for each person, whatever the planner believes of a table just filled.
  IF EXISTS (
    SELECT FROM added AS a WHERE (
      SELECT s.id FROM subjects_subject s
      WHERE s.controller_id = a.controller_id AND s.id = a.subject_id OFFSET 0) IS NULL
  ) THEN
    RAISE EXCEPTION 'no person of this controller'
      USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
        CONSTRAINT = TG_TABLE_NAME || '_rests_on_person';
  END IF;
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT controller_id, purpose_id, purpose_version FROM added) AS a
    WHERE NOT EXISTS (
      SELECT FROM consent_purpose p JOIN consent_purposeversion v ON v.purpose_id = p.id
      WHERE p.id = a.purpose_id AND p.controller_id = a.controller_id
        AND v.number = a.purpose_version AND v.approved_at IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'no approved version of a purpose of this controller'
      USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
        CONSTRAINT = TG_TABLE_NAME || '_rests_on_purpose';
  END IF;
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT controller_id, notice_version_id FROM added
                 WHERE notice_version_id IS NOT NULL) AS a
    WHERE NOT EXISTS (
      SELECT FROM consent_noticeversion v
      WHERE v.id = a.notice_version_id AND v.controller_id = a.controller_id
        AND v.published_at IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'no published notice of this controller'
      USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
        CONSTRAINT = TG_TABLE_NAME || '_rests_on_notice';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION consent_refuse_moving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a state stays with its person and its purpose'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OF controller_id, subject_id, purpose_id ON consent_consentstate
  FOR EACH ROW WHEN ((OLD.controller_id, OLD.subject_id, OLD.purpose_id)
    IS DISTINCT FROM (NEW.controller_id, NEW.subject_id, NEW.purpose_id))
  EXECUTE FUNCTION consent_refuse_moving();
ALTER TABLE consent_consentstate ENABLE ALWAYS TRIGGER stays;
"""
NONE = """
DROP TRIGGER stays ON consent_consentstate;
DROP FUNCTION consent_refuse_moving();
DROP FUNCTION consent_refuse_unfounded();
"""

RESTS = """
CREATE TRIGGER rests AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION consent_refuse_unfounded();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER rests;
ALTER TABLE {table} DROP CONSTRAINT {table}_one_purpose_owner;
ALTER TABLE {table} DROP CONSTRAINT {table}_one_controller;
"""
BY_ROW = """
DROP TRIGGER rests ON {table};
ALTER TABLE {table} ADD CONSTRAINT {table}_one_purpose_owner
  FOREIGN KEY (controller_id, purpose_id) REFERENCES consent_purpose (controller_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE {table} ADD CONSTRAINT {table}_one_controller
  FOREIGN KEY (controller_id, subject_id) REFERENCES subjects_subject (controller_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0019_implied_controllers"), ("subjects", "0017_people_stay")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NONE),
        *(
            migrations.RunSQL(RESTS.format(table=table), BY_ROW.format(table=table))
            for table in TABLES
        ),
        migrations.AlterField(
            model_name="consentevent",
            name="notice_version",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.noticeversion",
            ),
        ),
    ]
