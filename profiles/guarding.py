"""SQL that keeps what goes beyond a view as it was: whose it is, what may change of it. Pure."""

FINAL = ("profiles_reveal", "profiles_disclosure")
WATCHED = ("profiles_flaggedperson", "profiles_readerperson", "profiles_unusualaccess")
ABOUT = (*FINAL, "profiles_breakglass", *WATCHED)
SEATED = ("profiles_reveal", "profiles_breakglass", "profiles_profileexport")

# A seat, or a recipient, is of the same controller (P9), and who sits there is who acted.
SEATS = """
CREATE FUNCTION profiles_guard_reader() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  given jsonb := to_jsonb(NEW);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM profiles_seat s WHERE s.id = NEW.seat_id
                 AND s.controller_id = NEW.controller_id
                 AND s.holder_id = coalesce(given->>'holder_id', given->>'requested_by')) THEN
    RAISE EXCEPTION 'the seat is another controller''s or another reader''s'
      USING ERRCODE = '23503';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION profiles_guard_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM registry_party p WHERE p.id = NEW.recipient_id
                 AND p.controller_id = NEW.controller_id) THEN
    RAISE EXCEPTION 'the recipient is another controller''s' USING ERRCODE = '23503';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER one_controller BEFORE INSERT ON profiles_disclosure
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_recipient();
"""
FREE_SEATS = """
DROP TRIGGER one_controller ON profiles_disclosure;
DROP FUNCTION profiles_guard_recipient();
DROP FUNCTION profiles_guard_reader();
"""

# Glass is broken once and for all: it may end earlier, be reviewed once, and be told of once.
GLASS = """
CREATE FUNCTION profiles_guard_glass() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{expires_at,reviewed_at,reviewed_by,verdict,finding,told_at}';
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a break-glass access is never deleted' USING ERRCODE = 'SL001';
  END IF;
  IF (to_jsonb(NEW) - may_change) IS DISTINCT FROM (to_jsonb(OLD) - may_change)
     OR NEW.expires_at > OLD.expires_at
     OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at)
     OR (OLD.reviewed_at IS NOT NULL AND
         (NEW.reviewed_at, NEW.reviewed_by, NEW.verdict, NEW.finding)
           IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewed_by, OLD.verdict, OLD.finding)) THEN
    RAISE EXCEPTION 'a break-glass access never changes' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON profiles_breakglass
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_glass();
ALTER TABLE profiles_breakglass ENABLE ALWAYS TRIGGER frozen;
"""
FREE_GLASS = """
DROP TRIGGER frozen ON profiles_breakglass;
DROP FUNCTION profiles_guard_glass();
"""

# What was decided about an export stays decided.
EXPORTS = """
CREATE FUNCTION profiles_guard_export() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  fixed text[] := '{id,controller_id,seat_id,purpose,reason,people,requested_at,requested_by}';
  name text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an export of profiles is never deleted' USING ERRCODE = 'SL001';
  END IF;
  FOREACH name IN ARRAY fixed LOOP
    IF to_jsonb(NEW)->name IS DISTINCT FROM to_jsonb(OLD)->name THEN
      RAISE EXCEPTION 'what was asked for never changes' USING ERRCODE = 'SL001';
    END IF;
  END LOOP;
  IF OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.decided_by)
       IS DISTINCT FROM (OLD.decided_at, OLD.decided_by) THEN
    RAISE EXCEPTION 'an export is decided on once' USING ERRCODE = 'SL001';
  END IF;
  IF NOT NEW.selection <@ OLD.selection THEN
    RAISE EXCEPTION 'nobody is added to an export' USING ERRCODE = 'SL001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON profiles_profileexport
  FOR EACH ROW EXECUTE FUNCTION profiles_guard_export();
ALTER TABLE profiles_profileexport ENABLE ALWAYS TRIGGER frozen;
"""
FREE_EXPORTS = """
DROP TRIGGER frozen ON profiles_profileexport;
DROP FUNCTION profiles_guard_export();
"""


def seated(table: str) -> tuple[str, str]:
    """That a row's seat is its reader's own, and its reverse."""
    return (
        f"CREATE TRIGGER one_seat BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION profiles_guard_reader()",
        f"DROP TRIGGER one_seat ON {table}",
    )
