from django.db import migrations, models

import keys.ids
from keys.ledger import append_only, protect_partition

PAYLOAD = """
CREATE TABLE audit_payload (
  id uuid NOT NULL,
  retention_class varchar(8) NOT NULL,
  salt bytea NOT NULL CHECK (length(salt) = 16),
  body bytea NOT NULL,
  PRIMARY KEY (retention_class, id)
) PARTITION BY LIST (retention_class);
CREATE TABLE audit_payload_rc1 PARTITION OF audit_payload FOR VALUES IN ('rc1') PARTITION BY RANGE (id);
CREATE TABLE audit_payload_rc2 PARTITION OF audit_payload FOR VALUES IN ('rc2') PARTITION BY RANGE (id);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("keys", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "controller_id",
                    models.UUIDField(help_text="The log: a controller, or the system's nil id."),
                ),
                (
                    "commitment",
                    models.BinaryField(help_text="SHA-256(salt ‖ payload).", max_length=32),
                ),
            ],
            options={"verbose_name_plural": "entries"},
        ),
        migrations.CreateModel(
            name="EntryIndex",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entry_id", models.UUIDField()),
                ("controller_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("event", models.CharField(max_length=40)),
                ("actor_type", models.CharField(max_length=10)),
                ("actor_id", models.CharField(max_length=80)),
                ("target_type", models.CharField(max_length=40)),
                ("target_id", models.CharField(max_length=80)),
                ("subject_id", models.UUIDField(null=True)),
                ("purpose", models.CharField(blank=True, max_length=100)),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("reason_code", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
                "indexes": [
                    models.Index(fields=["controller_id", "-id"], name="audit_index_by_controller"),
                    models.Index(
                        condition=models.Q(("subject_id__isnull", False)),
                        fields=["subject_id", "-id"],
                        name="audit_index_by_subject",
                    ),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Payload",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                editable=False,
                                help_text="The entry's id.",
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("retention_class", models.CharField(max_length=8)),
                        ("salt", models.BinaryField(max_length=16)),
                        ("body", models.BinaryField()),
                    ],
                ),
            ],
            database_operations=[migrations.RunSQL(PAYLOAD, "DROP TABLE audit_payload")],
        ),
        migrations.RunSQL(
            "ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_commitment_is_sha256 CHECK (length(commitment) = 32)",
            "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_commitment_is_sha256",
        ),
        migrations.RunSQL(*append_only("audit_entry")),
        migrations.RunSQL(*append_only("audit_payload")),
        migrations.RunSQL(protect_partition("audit_payload_rc1"), migrations.RunSQL.noop),
        migrations.RunSQL(protect_partition("audit_payload_rc2"), migrations.RunSQL.noop),
    ]
