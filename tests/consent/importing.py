"""Files to import and the command that imports them, for the tests of it."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

from tests.factories.company import OFFERS

WHEN = "2025-03-01T10:00:00Z"
LATER = "2025-05-01T10:00:00Z"
GIVEN = {
    "email": "asha.rao@example.in", "residence": "IN", "age_state": "adult", "purpose": OFFERS,
    "state": "given", "event_at": WHEN, "notice": "web", "notice_version": "1",
    "notice_language": "en", "method": "checkbox", "channel": "web",
}  # fmt: skip


def row(**changes):
    """A well-formed row, but for the changes; None takes a field out."""
    return {name: text for name, text in {**GIVEN, **changes}.items() if text is not None}


def write_csv(path: Path, *rows) -> Path:
    names = list(dict.fromkeys(name for one in rows for name in one))
    lines = [",".join(names), *(",".join(one.get(name, "") for name in names) for one in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass
class Result:
    """How an import ended: its exit code, what it printed, the rows it left out."""

    code: int
    text: str
    errors: list[str]


def bring(path: Path, *, slug: str = "lotus", **options) -> Result:
    """Run the command as an operator does."""
    errors = path.with_suffix(".errors.csv")
    out = StringIO()
    code = 0
    try:
        call_command(
            "import_consents", str(path), controller=slug, errors=errors, stdout=out,
            **options,
        )  # fmt: skip
    except CommandError as error:
        code = error.returncode
        out.write(str(error))
    except SystemExit as ended:
        code = ended.code
    found = errors.read_text().splitlines()[1:] if errors.is_file() else []
    return Result(code, out.getvalue(), found)
