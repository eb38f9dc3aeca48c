from io import StringIO

import pytest
from django.core.management import call_command
from django.db.migrations import RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader

from tests.guards.tree import packages, report

IRREVERSIBLE = {
    # (package, migration): why it cannot be undone
    ("audit", "0003_trees"): "what was signed as a tree cannot become loose rows again",
    ("audit", "0006_retention"): "payloads that ended, or were kept aside, had no place before it",
}


@pytest.fixture(scope="module")
def migrations():
    loader = MigrationLoader(None)
    ours = set(packages())
    return {key: found for key, found in loader.disk_migrations.items() if key[0] in ours}


def operations(migration):
    """Every operation, those inside wrappers too."""
    waiting = list(migration.operations)
    while waiting:
        operation = waiting.pop()
        if isinstance(operation, SeparateDatabaseAndState):
            waiting += operation.database_operations
        else:
            yield operation


def test_every_migration_can_be_undone(migrations):
    faults = [
        f"{key[0]}/{key[1]}: {operation.describe()}"
        for key, migration in migrations.items()
        for operation in operations(migration)
        if not operation.reversible and key not in IRREVERSIBLE
    ]

    assert not faults, report(faults, "Give it a reverse, or a reason in IRREVERSIBLE.")


def test_every_migration_has_a_name_that_says_what_it_does(migrations):
    unnamed = [f"{app}/{name}" for app, name in migrations if "_auto_" in name]

    assert not unnamed, report(unnamed, "Rename it: 0003_consent_expiry, not 0003_auto_....")


def test_schema_and_data_are_changed_apart(migrations):
    mixed = [
        f"{key[0]}/{key[1]}"
        for key, migration in migrations.items()
        if key[1] != "0001_roles"  # its code only looks whether the logins are there
        and any(isinstance(found, RunPython) for found in operations(migration))
        and not all(isinstance(found, RunPython | RunSQL) for found in operations(migration))
    ]

    assert not mixed, report(mixed, "Put RunPython into a migration of its own.")


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())
