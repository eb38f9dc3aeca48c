"""Files to import and the command that imports them, for the tests of it."""

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

from subjects import selectors
from subjects.models import Subject

ASHA = {
    "id.crm": "CRM-1", "id.email": "asha@example.in", "observed_at": "2026-03-01T10:00:00Z",
    "city": "Pune", "tier": "gold", "points": 1200, "spent": 99.5, "member": True,
    "email": "asha@example.in", "born_on": "1990-02-28",
    "address": {"lines": "12 MG Road", "region": "MH", "country": "IN"},
}  # fmt: skip
RAVI = {"id.crm": "CRM-2", "observed_at": "2026-03-01T10:00:00Z", "city": "Agra"}


@dataclass
class Result:
    """How an import ended: its exit code, what it printed, the rows it left out."""

    code: int
    text: str
    errors: list[str]


def ndjson(folder, *rows, name="people.ndjson"):
    path = folder / name
    lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def csv(folder, text, name="people.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def bring(path: Path, *, source="crm", **options) -> Result:
    """Run the command as an operator does."""
    errors = path.with_suffix(".errors.csv")
    out, code = StringIO(), 0
    try:
        call_command(
            "import_profiles", str(path), controller="lotus", source=source, errors=errors,
            stdout=out, **options,
        )  # fmt: skip
    except CommandError as error:
        code = error.returncode
        out.write(str(error))
    except SystemExit as ended:
        code = ended.code
    found = errors.read_text().splitlines()[1:] if errors.is_file() else []
    return Result(code, out.getvalue(), found)


def person(number):
    lotus = Subject.objects.first().controller_id
    return selectors.find(lotus, "crm", number)
