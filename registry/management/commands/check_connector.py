"""Reads a connector's file, says what it declares, and tries its promises on a system at hand."""

import ipaddress
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from registry.adapters.settings import SCHEMES
from registry.connectors import declared
from registry.connectors.contract import ConnectorError, Declaration, Identifiers
from registry.connectors.trial import Trial
from registry.models import Connector as ConnectorRow

BROKEN: Final = 1


class Command(BaseCommand):
    help = (
        "Check the file of a declared connector. With --url of a system on this machine that holds "
        "two invented people, try what it promises: the first is erased, the second must stay. The "
        "secret is read from standard input. Ends with 1 where a promise is broken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the YAML file")
        parser.add_argument(
            "--with", dest="asked", default="{}", help="what the file asks for, as JSON"
        )
        parser.add_argument("--url", help="where the system listens, on this machine")
        parser.add_argument(
            "--erase", action="append", default=[], metavar="SCHEME=VALUE",
            help="the invented person who is erased; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--keep", action="append", default=[], metavar="SCHEME=VALUE",
            help="the invented person who must stay; may be repeated",
        )  # fmt: skip
        parser.add_argument("--seconds", type=float, default=30.0, help="patience, for each wait")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = _settings(options)
        try:
            made = declared.made(ConnectorRow(kind=declared.KIND, settings=settings), "")
        except ConnectorError as error:
            raise CommandError(f"The file is refused: {error.code}.") from None
        self._declares(made.declaration)
        if options["url"] is None:
            return
        told, other = _person(options["erase"]), _person(options["keep"])
        if not told or not other:
            raise CommandError("Name the person who is erased and the one who must stay.")
        self._try(Trial(
            lambda secret: declared.made(ConnectorRow(settings=settings), secret),
            sys.stdin.readline().strip(), told, other, options["seconds"],
        ))  # fmt: skip

    def _declares(self, said: Declaration) -> None:
        verbs = ", ".join(sorted(said.verbs))
        self.stdout.write(f"effect {said.effect}; verbs {verbs}; named by {said.schemes}")
        self.stdout.write(
            f"batch {said.batch}; {said.per_minute or 'any'} calls a minute; looked at after"
            f" {said.probe_after_seconds} s: {'yes' if said.probes else 'nobody can look'}"
        )

    def _try(self, trial: Trial) -> None:
        is_kept = True
        for one in trial.promises():
            is_kept = is_kept and not one.fault
            self.stdout.write(
                f"{'BROKEN' if one.fault else 'kept  '} {one.name} {one.fault}".strip()
            )
        if not is_kept:
            sys.exit(BROKEN)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    try:
        text = options["file"].read_text(encoding="utf-8")
        settings = json.loads(options["asked"])
    except (OSError, ValueError) as error:
        raise CommandError(f"It cannot be read ({type(error).__name__}).") from None
    if not isinstance(settings, dict):
        raise CommandError("Settings are an object of JSON.")
    url = {} if options["url"] is None else {"url": _on_this_machine(options["url"])}
    return {"yaml": text, **settings, **url}


def _on_this_machine(url: str) -> str:
    """People are erased there: never by mistake at a vendor's."""
    host = urlsplit(url).hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise CommandError("A trial erases: it is made on this machine only (127.0.0.1, ::1).")
    return url


def _person(words: list[str]) -> Identifiers:
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        scheme, _, value = word.partition("=")
        if scheme not in SCHEMES or not value:
            raise CommandError("A person is named by SCHEME=VALUE, such as email=a@b.example.")
        found[scheme] = (*found.get(scheme, ()), value)
    return found
