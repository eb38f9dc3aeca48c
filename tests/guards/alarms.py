"""`python -m tests.guards.alarms`: renew the table of alarms in docs/operations.md."""

import os
import re

import django
from django.utils import translation

from config.places import BASE_DIR

TARGET = BASE_DIR / "docs" / "operations.md"
SECTION = re.compile(r"\n## Alarms\n.*?(?=\n## )", re.DOTALL)
HEAD = """
## Alarms

The watch and the intake raise them; open ones stand on top of the log's verification page.
An alarm is raised once and counted while it lasts.

| Code | What it says | What to do |
| --- | --- | --- |
"""


def section() -> str:
    """The section's text, from the words officers read on the verification page."""
    from audit.alarms import SENTENCES, AlarmKind  # noqa: PLC0415 (Django first)
    from desk.log.words import to_do  # noqa: PLC0415

    with translation.override("en"):
        lines = [f"| `{kind}` | {SENTENCES[kind]} | {to_do(kind)} |\n" for kind in AlarmKind]
    return HEAD + "".join(lines)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    TARGET.write_text(SECTION.sub(lambda _: section(), TARGET.read_text(), count=1))


if __name__ == "__main__":
    main()
