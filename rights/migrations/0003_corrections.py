"""Requests to put data right, and requests that are begun anew."""

from django.db import migrations, models

AGAIN = """
CREATE OR REPLACE FUNCTION rights_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
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
     -- Another case does it where the first one was called off.
     OR OLD.case_id IS NOT NULL AND NEW.case_id IS DISTINCT FROM OLD.case_id
        AND (NEW.case_id IS NULL OR OLD.state <> 'working' OR NEW.state <> 'working') THEN
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
"""
ONCE = """
CREATE OR REPLACE FUNCTION rights_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_requests")]

    operations = [
        migrations.AlterField(
            model_name="request",
            name="kind",
            field=models.CharField(
                choices=[
                    ("erasure", "Erase my data"),
                    ("access", "A copy of my data"),
                    ("correction", "Put my data right"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="attribute",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=60,
                help_text="Of a correction: what is to be put right.",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="asked",
            field=models.BinaryField(
                blank=True,
                editable=False,
                null=True,
                help_text="What the person says is right, under their own key.",
            ),
        ),
        migrations.RemoveConstraint(model_name="request", name="rights_one_open_request"),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["received", "identity", "working"])),
                fields=("subject", "kind", "scope_type", "scope", "attribute"),
                name="rights_one_open_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("asked__isnull", False),
                        ("kind", "correction"),
                        models.Q(("attribute", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "correction"), _negated=True),
                        ("asked", None),
                        ("attribute", ""),
                    ),
                    _connector="OR",
                ),
                name="rights_correction_says_what",
            ),
        ),
        migrations.RunSQL(AGAIN, ONCE),
    ]
