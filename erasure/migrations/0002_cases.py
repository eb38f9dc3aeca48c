"""What may happen to a case, and to what is frozen with it."""

from django.db import migrations, models

from subjects.tenancy import belongs_together

# A case stays about whom and what it was opened, and its plan what it was when it began to run.
GUARD = """
CREATE FUNCTION erasure_guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.controller_id, NEW.subject_id, NEW.verb, NEW.trigger, NEW.trigger_ref, NEW.scope_type,
      NEW.scope, NEW.received_at, NEW.opened_at, NEW.opened_by, NEW.policy_id)
     IS DISTINCT FROM
     (OLD.controller_id, OLD.subject_id, OLD.verb, OLD.trigger, OLD.trigger_ref, OLD.scope_type,
      OLD.scope, OLD.received_at, OLD.opened_at, OLD.opened_by, OLD.policy_id) THEN
    RAISE EXCEPTION 'a case stays what it was opened as' USING ERRCODE = 'SL001';
  END IF;
  IF OLD.state NOT IN ('open', 'review', 'approval')
     AND (NEW.plan_sha256 <> OLD.plan_sha256 OR NEW.plan <> OLD.plan) THEN
    RAISE EXCEPTION 'the plan of a case that runs is frozen' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.state <> OLD.state AND NOT (
       OLD.state IN ('open', 'review', 'approval') AND NEW.state <> 'open'
    OR OLD.state = 'running' AND NEW.state IN ('closed', 'cancelled')
    OR OLD.state = 'closed' AND NEW.state = 'running') THEN
    RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'SL001';
  END IF;
  IF OLD.sealed IS NULL AND NEW.sealed IS NOT NULL THEN
    RAISE EXCEPTION 'what a case forgot stays forgotten' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE ON erasure_case
  FOR EACH ROW EXECUTE FUNCTION erasure_guard_case();
CREATE FUNCTION erasure_guard_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.controller_id, NEW.number, NEW.content, NEW.created_by)
     IS DISTINCT FROM (OLD.controller_id, OLD.number, OLD.content, OLD.created_by)
     OR OLD.approved_at IS NOT NULL THEN
    RAISE EXCEPTION 'a policy is never changed: another follows' USING ERRCODE = 'SL001';
  END IF;
  IF NEW.approved_by = OLD.created_by THEN
    RAISE EXCEPTION 'another person approves a policy' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarded BEFORE UPDATE ON erasure_policy
  FOR EACH ROW EXECUTE FUNCTION erasure_guard_policy();
CREATE FUNCTION erasure_keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'cases and policies are never deleted' USING ERRCODE = 'SL001';
END $$;
CREATE TRIGGER kept BEFORE DELETE ON erasure_case
  FOR EACH ROW EXECUTE FUNCTION erasure_keep_case();
CREATE TRIGGER kept BEFORE DELETE ON erasure_policy
  FOR EACH ROW EXECUTE FUNCTION erasure_keep_case();
"""
FREE = """
DROP TRIGGER kept ON erasure_policy;
DROP TRIGGER kept ON erasure_case;
DROP FUNCTION erasure_keep_case();
DROP TRIGGER guarded ON erasure_policy;
DROP FUNCTION erasure_guard_policy();
DROP TRIGGER guarded ON erasure_case;
DROP FUNCTION erasure_guard_case();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0001_initial"),
        ("subjects", "0002_one_controller"),
    ]

    operations = [
        migrations.AddField(
            "case",
            "revisit_on",
            models.DateField(
                blank=True, help_text="When it is seen whether what stayed must go now.", null=True
            ),
        ),
        migrations.AddField(
            "case",
            "law",
            models.CharField(
                blank=True,
                default="",
                db_default="",
                help_text="Whose law an officer decided on, where two contradict.",
                max_length=2,
            ),
        ),
        migrations.AddField(
            "case",
            "claims",
            models.JSONField(
                db_default=[],
                default=list,
                help_text="Exemptions an officer claimed: category, pack, citation, until.",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("revisit_on__isnull", False)),
                fields=["revisit_on"],
                name="erasure_cases_revisited",
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", "")),
                    models.Q(
                        ("approved_at__isnull", False),
                        models.Q(("approved_by", ""), _negated=True),
                        models.Q(("approved_by", models.F("opened_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="erasure_case_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        models.Q(("closed_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="erasure_case_closed_whole",
            ),
        ),
        migrations.RunSQL(*belongs_together("erasure_case")),
        migrations.RunSQL(GUARD, FREE),
    ]
