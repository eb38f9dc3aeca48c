"""A hold on everybody of a controller is one row for the retention run, not one for each person.

Where the person is null, whoever an entry of that log is about is held.
"""

from django.db import migrations

KEPT = """
CREATE OR REPLACE FUNCTION audit_kept(class text, lo uuid, hi uuid, logs uuid[], people uuid[])
RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT i.id FROM unnest(logs, people) AS h(log, person)
  JOIN public.audit_entryindex i ON i.subject_id = h.person AND i.controller_id = h.log
  WHERE i.retention_class = class AND i.id >= lo AND i.id < hi
  UNION{everybody}
  SELECT i.id FROM public.audit_hold h
  JOIN public.audit_entryindex i ON i.controller_id = h.controller_id AND i.at >= h.since_at
  WHERE h.ended_at IS NULL AND i.retention_class = class AND i.id >= lo AND i.id < hi
  UNION
  -- A payload without its line could be anybody's: while anything is held, it is.
  SELECT p.id FROM public.audit_payload p
  WHERE p.retention_class = class AND p.id >= lo AND p.id < hi
    AND (cardinality(logs) > 0 OR EXISTS (SELECT FROM public.audit_hold WHERE ended_at IS NULL))
    AND NOT EXISTS (SELECT FROM public.audit_entryindex i
                    WHERE i.retention_class = class AND i.id = p.id)
  UNION
  SELECT d.entry_id FROM public.audit_dropped d WHERE d.entry_id >= lo AND d.entry_id < hi
$$;
"""
EVERYBODY = """
  SELECT i.id FROM public.audit_entryindex i
  WHERE i.controller_id IN (
      SELECT h.log FROM unnest(logs, people) AS h(log, person) WHERE h.person IS NULL
    ) AND i.subject_id IS NOT NULL
    AND i.retention_class = class AND i.id >= lo AND i.id < hi
  UNION"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0010_actors")]

    operations = [
        migrations.RunSQL(KEPT.format(everybody=EVERYBODY), KEPT.format(everybody="")),
    ]
