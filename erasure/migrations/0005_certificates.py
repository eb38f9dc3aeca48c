"""Certificates are final, and of their case's controller."""

from django.db import migrations

from keys.ledger import append_only

PAIR = """
ALTER TABLE erasure_case ADD CONSTRAINT erasure_case_of_controller UNIQUE (controller_id, id);
ALTER TABLE erasure_certificate ADD CONSTRAINT erasure_certificate_one_controller
  FOREIGN KEY (controller_id, case_id) REFERENCES erasure_case (controller_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""
NO_PAIR = """
ALTER TABLE erasure_certificate DROP CONSTRAINT erasure_certificate_one_controller;
ALTER TABLE erasure_case DROP CONSTRAINT erasure_case_of_controller;
"""


class Migration(migrations.Migration):
    dependencies = [("erasure", "0004_keeping")]

    operations = [
        migrations.RunSQL(PAIR, NO_PAIR),
        migrations.RunSQL(*append_only("erasure_certificate")),
    ]
