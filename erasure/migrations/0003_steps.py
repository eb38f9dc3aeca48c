"""What may happen to a step, and that marks are only appended."""

from django.db import migrations

from keys.ledger import append_only
from subjects.tenancy import belongs_together

# A step goes on only along these ways; what has ended stays ended, unless another round begins
# because its data were found. What it is about never changes; a hold that comes before anything was
# told lets less of it go.
GUARD = """
CREATE FUNCTION erasure_guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.controller_id, NEW.case_id, NEW.subject_id, NEW.system_id, NEW.party_id, NEW.duty,
      NEW.verb, NEW.lane, NEW.after, NEW.after_seconds, NEW.created_at)
     IS DISTINCT FROM
     (OLD.controller_id, OLD.case_id, OLD.subject_id, OLD.system_id, OLD.party_id, OLD.duty,
      OLD.verb, OLD.lane, OLD.after, OLD.after_seconds, OLD.created_at)
     OR (NEW.categories, NEW.kept) IS DISTINCT FROM (OLD.categories, OLD.kept)
        AND (OLD.state <> 'planned' OR OLD.sent_at IS NOT NULL)
  THEN
    RAISE EXCEPTION 'a step stays about what it was planned for' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.possible_repeats < OLD.possible_repeats THEN
    RAISE EXCEPTION 'a possible repeat is never forgotten' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.round = OLD.round THEN
    IF NEW.attempts < OLD.attempts THEN
      RAISE EXCEPTION 'the tries of a round only grow' USING ERRCODE = 'SL001';
    END IF;
    IF NEW.state <> OLD.state AND NOT (CASE OLD.state
         WHEN 'planned' THEN NEW.state IN ('sent', 'confirmed', 'absent', 'failed', 'excepted',
           'accepted', 'exempt')
         WHEN 'sent' THEN NEW.state IN ('planned', 'accepted', 'confirmed', 'absent', 'failed',
           'excepted')
         WHEN 'accepted' THEN NEW.state IN ('confirmed', 'absent', 'failed', 'excepted')
         WHEN 'confirmed' THEN OLD.ended_at IS NULL
           AND NEW.state IN ('absent', 'failed', 'excepted')
         WHEN 'failed' THEN NEW.state IN ('planned', 'confirmed', 'absent', 'excepted')
         ELSE FALSE END) THEN
      RAISE EXCEPTION 'a step does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'SL001';
    END IF;
    IF OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN
      RAISE EXCEPTION 'what has ended stays ended' USING ERRCODE = 'SL001';
    END IF;
  ELSIF NEW.round <> OLD.round + 1 OR NEW.state <> 'planned' OR NEW.attempts <> 0
     OR OLD.state NOT IN ('confirmed', 'absent') THEN
    RAISE EXCEPTION 'another round begins where what was said to be gone was found'
      USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE ON erasure_step
  FOR EACH ROW EXECUTE FUNCTION erasure_guard_step();
CREATE FUNCTION erasure_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'steps are never deleted' USING ERRCODE = 'SL001';
END $$;
CREATE TRIGGER kept BEFORE DELETE ON erasure_step
  FOR EACH ROW EXECUTE FUNCTION erasure_keep_step();
"""
FREE = """
DROP TRIGGER kept ON erasure_step;
DROP FUNCTION erasure_keep_step();
DROP TRIGGER guarded ON erasure_step;
DROP FUNCTION erasure_guard_step();
"""


class Migration(migrations.Migration):
    dependencies = [("erasure", "0002_cases"), ("subjects", "0002_one_controller")]

    operations = [
        migrations.RunSQL(*belongs_together("erasure_step")),
        migrations.RunSQL(GUARD, FREE),
        migrations.RunSQL(*append_only("erasure_mark")),
    ]
