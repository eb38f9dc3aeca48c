"""The examples do what their README says, on the demo they are for."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command

from config.places import BASE_DIR
from consent.models import ConsentEvent
from subjects.models import Subject

EXAMPLES = BASE_DIR / "examples"


@pytest.fixture
def demo(db, tmp_path):
    path = tmp_path / "demo.json"
    call_command("seed_demo", subjects=300, demo_file=path, stdout=StringIO())
    return json.loads(path.read_text())


def bring(name, **options):
    out = StringIO()
    call_command("import_consents", str(EXAMPLES / name), controller="nimbu", stdout=out, **options)
    return out.getvalue()


def test_every_file_can_be_imported_whole(demo):
    assert "5 rows: 5 recorded, 0 already there, 0 left out; 3 new people." in bring("consents.csv")
    assert "3 rows: 3 recorded, 0 already there, 0 left out; 2 new people." in bring(
        "consents.ndjson"
    )
    mapped = bring("crm-export.csv", mapping=EXAMPLES / "crm-mapping.json")
    assert "3 rows: 3 recorded, 0 already there, 0 left out; 3 new people." in mapped


def test_a_dry_run_of_an_example_keeps_nothing(demo):
    before = Subject.objects.count(), ConsentEvent.objects.count()

    assert "5 would be recorded" in bring("consents.csv", dry_run=True)

    assert (Subject.objects.count(), ConsentEvent.objects.count()) == before


def test_the_readme_names_every_file_and_no_other():
    named = set(re.findall(r"`([\w-]+(?:\.\w+|(?=/)))/?`", (EXAMPLES / "README.md").read_text()))
    there = {path.name for path in EXAMPLES.iterdir()} - {"README.md", "__pycache__"}

    assert named == there
