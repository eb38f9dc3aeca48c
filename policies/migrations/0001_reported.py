"""Views of the log's index for officers' lists, and the model of an AI decision from its payload.

The model's name is read from the canonical bytes, so that it need not be stored twice; an index of
it lives and dies with the payloads. Names are codes without quotes or escapes, and a quote within a
text is escaped, so the first match is the member itself.
"""

from django.db import migrations, models

CREATE = r"""
CREATE FUNCTION policies_model_of(body bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT
PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT substring(encode(body, 'escape') FROM '"model":\{"name":"([A-Za-z0-9._:/-]{1,100})"')
$$;
GRANT EXECUTE ON FUNCTION policies_model_of(bytea) TO sammati_app, sammati_retention;
CREATE INDEX policies_by_model ON audit_payload_rc3 (policies_model_of(body), id DESC);

CREATE VIEW policies_processing AS
SELECT id, retention_class, controller_id, at, actor_type, actor_id, target_id AS decision_id,
       subject_id, purpose, outcome, reason_code
FROM audit_entryindex WHERE retention_class IN ('rc2', 'held') AND event = 'processing:reported';

CREATE VIEW policies_aidecision AS
SELECT e.id, e.retention_class, e.controller_id, e.at, e.actor_type, e.actor_id,
       e.target_id AS decision_id, e.subject_id, e.purpose, e.outcome, e.reason_code,
       policies_model_of(p.body) AS model
FROM audit_entryindex e
LEFT JOIN audit_payload p ON p.retention_class = e.retention_class AND p.id = e.id
WHERE e.retention_class IN ('rc3', 'held') AND e.event = 'ai:decided';
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON policies_processing, policies_aidecision
  FROM sammati_app;
"""
DROP = """
DROP VIEW policies_aidecision;
DROP VIEW policies_processing;
DROP INDEX policies_by_model;
DROP FUNCTION policies_model_of(bytea);
"""


def reported(name, verbose_name, verbose_name_plural, *more):
    return migrations.CreateModel(
        name=name,
        fields=[
            ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
            ("retention_class", models.CharField(max_length=8)),
            ("controller_id", models.UUIDField()),
            ("at", models.DateTimeField(verbose_name="Reported at")),
            ("actor_type", models.CharField(max_length=10)),
            ("actor_id", models.CharField(max_length=80)),
            ("decision_id", models.CharField(max_length=80, verbose_name="Decision")),
            ("subject_id", models.UUIDField(null=True)),
            ("purpose", models.CharField(max_length=100, verbose_name="Purpose")),
            ("outcome", models.CharField(max_length=20)),
            ("reason_code", models.CharField(max_length=60)),
            *more,
        ],
        options={
            "managed": False,
            "verbose_name": verbose_name,
            "verbose_name_plural": verbose_name_plural,
        },
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = [("audit", "0003_trees")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        reported("Processing", "processing report", "processing"),
        reported(
            "AIDecision",
            "AI decision",
            "AI decisions",
            ("model", models.CharField(max_length=100, null=True, verbose_name="Model")),
        ),
    ]
