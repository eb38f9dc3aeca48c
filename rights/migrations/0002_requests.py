"""What may happen to a request and its clock, and the copy of a person's data under their key."""

from django.db import migrations, models

from subjects.tenancy import belongs_together

REQUESTS = """
CREATE FUNCTION rights_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{state,due_at,extended_at,extension_reason,identified_at,identified_how,'
                       'case_id,answered_at,answer_code,answer_text,handled_by}';
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a request is never deleted' USING ERRCODE = 'SL001';
  END IF;
  IF OLD.state IN ('answered', 'refused', 'taken_back') THEN
    -- What was said to the person may go with their other data; what was decided stays.
    IF (to_jsonb(NEW) - '{answer_text,acting_id}'::text[])
         IS DISTINCT FROM (to_jsonb(OLD) - '{answer_text,acting_id}'::text[])
       OR NEW.answer_text NOT IN ('', OLD.answer_text)
       OR NEW.acting_id IS NOT NULL AND NEW.acting_id IS DISTINCT FROM OLD.acting_id THEN
      RAISE EXCEPTION 'a request that was answered never changes' USING ERRCODE = 'SL001';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - may_change) IS DISTINCT FROM (to_jsonb(OLD) - may_change)
     OR OLD.extended_at IS NOT NULL AND NEW.extended_at IS DISTINCT FROM OLD.extended_at
     OR OLD.identified_at IS NOT NULL AND NEW.identified_at IS DISTINCT FROM OLD.identified_at
     OR OLD.case_id IS NOT NULL AND NEW.case_id IS DISTINCT FROM OLD.case_id THEN
    RAISE EXCEPTION 'this part of a request never changes' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
       ('received', 'identity'), ('received', 'working'), ('received', 'refused'),
       ('received', 'taken_back'), ('identity', 'received'), ('identity', 'working'),
       ('identity', 'refused'), ('identity', 'taken_back'), ('working', 'answered'),
       ('working', 'refused'), ('working', 'taken_back')) THEN
    RAISE EXCEPTION 'a request does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'SL001';
  END IF;
  IF NEW.state = 'working' AND NEW.identified_at IS NULL THEN
    RAISE EXCEPTION 'nothing is done before it is settled who asks' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE OR DELETE ON rights_request
  FOR EACH ROW EXECUTE FUNCTION rights_guard_request();
ALTER TABLE rights_request ENABLE ALWAYS TRIGGER guarded;
"""
FREE_REQUESTS = """
DROP TRIGGER guarded ON rights_request;
DROP FUNCTION rights_guard_request();
"""

PAUSES = """
CREATE FUNCTION rights_guard_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
     OR NEW.ended_at < OLD.began_at
     OR (to_jsonb(NEW) - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'ended_at') THEN
    RAISE EXCEPTION 'a pause ends once, and nothing else of it changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE OR DELETE ON rights_pause
  FOR EACH ROW EXECUTE FUNCTION rights_guard_pause();
ALTER TABLE rights_pause ENABLE ALWAYS TRIGGER guarded;
"""
FREE_PAUSES = """
DROP TRIGGER guarded ON rights_pause;
DROP FUNCTION rights_guard_pause();
"""

OF_REQUEST = """
ALTER TABLE rights_request ADD CONSTRAINT rights_request_of_controller UNIQUE (controller_id, id);
ALTER TABLE rights_pause ADD CONSTRAINT rights_pause_one_controller
  FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE rights_accessbundle ADD CONSTRAINT rights_accessbundle_request_one_controller
  FOREIGN KEY (controller_id, request_id) REFERENCES rights_request (controller_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""
OF_NOBODY = """
ALTER TABLE rights_accessbundle DROP CONSTRAINT rights_accessbundle_request_one_controller;
ALTER TABLE rights_pause DROP CONSTRAINT rights_pause_one_controller;
ALTER TABLE rights_request DROP CONSTRAINT rights_request_of_controller;
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial"), ("erasure", "0002_cases")]

    operations = [
        migrations.AlterModelOptions(
            name="accessbundle",
            options={
                "ordering": ["-id"],
                "verbose_name": "copy of a person's data",
                "verbose_name_plural": "copies of people's data",
            },
        ),
        migrations.AddField(
            model_name="accessbundle",
            name="sealed",
            field=models.BinaryField(
                blank=True, editable=False, help_text="Under the person's own key.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="channel",
            field=models.CharField(
                choices=[
                    ("portal", "The portal"),
                    ("api", "A service of the company"),
                    ("phone", "By telephone"),
                    ("paper", "On paper"),
                    ("platform", "A platform passed it on"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="accessbundle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sealed", None),
                    models.Q(
                        ("ended_at", None),
                        ("expires_at__isnull", False),
                        ("made_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="rights_copy_made_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="accessbundle",
            index=models.Index(
                condition=models.Q(("sealed__isnull", False)),
                fields=["expires_at"],
                name="rights_copies_ending",
            ),
        ),
        migrations.RunSQL(REQUESTS, FREE_REQUESTS),
        migrations.RunSQL(PAUSES, FREE_PAUSES),
        migrations.RunSQL(OF_REQUEST, OF_NOBODY),
        migrations.RunSQL(*belongs_together("rights_request")),
        migrations.RunSQL(*belongs_together("rights_accessbundle")),
    ]
