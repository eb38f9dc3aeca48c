"""Roles and privileges, before any other table exists, and the functions that protect ledgers."""

from django.core.exceptions import ImproperlyConfigured
from django.db import migrations

from keys import ledger


def check_roles(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ledger.ROLES)])
        missing = sorted(set(ledger.ROLES) - {name for (name,) in cursor.fetchall()})
    if missing:
        raise ImproperlyConfigured(
            f"The database roles {', '.join(missing)} do not exist. As a superuser create them "
            "first (CREATE ROLE ... LOGIN), give the database to sammati_owner, and run the "
            "migrations as sammati_owner."
        )


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(check_roles, migrations.RunPython.noop),
        migrations.RunSQL(*ledger.DEFAULT_PRIVILEGES),
        migrations.RunSQL(*ledger.LEDGER_FUNCTIONS),
    ]
