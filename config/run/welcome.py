"""What a person reads when the suite is up: where to look, how to sign in, what to try."""

import json
import textwrap
from pathlib import Path
from typing import Any

from config.run.stages import DEMO_FILE, HOST

CURL = """\
curl -s {url}/access/v1/evaluation -H 'Authorization: Bearer {key}' \\
  -H 'Content-Type: application/json' -d '{body}'"""


def welcome(port: int, seconds: float, demo_file: Path = DEMO_FILE) -> str:
    """The addresses, and from the demo's file its sign-ins and one call to try."""
    url = f"http://{HOST}:{port}"
    lines = [
        "",
        f"Sammati is up after {seconds:.1f} s.",
        f"  Officers   {url}/admin/",
        f"  Customers  {url}/privacy/",
        f"  Services   {url}/access/v1/evaluation and {url}/api/v1/schema",
    ]
    demo = read_demo(demo_file)
    return "\n".join([*lines, *sign_ins(demo), *sample(demo, url), ""])


def read_demo(path: Path) -> dict[str, Any]:
    """The demo's file, or nothing: it is a help, and never a reason to stop."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def sign_ins(demo: dict[str, Any]) -> list[str]:
    people = [(name, demo[name]) for name in ("officer", "auditor") if name in demo]
    if not people:
        return []
    lines = [f"  {name:<9} {person['username']} / {person['password']}" for name, person in people]
    return ["", "Demo sign-ins (.local/demo.json has them all):", *lines]


def sample(demo: dict[str, Any], url: str) -> list[str]:
    """One question a demo service may ask about a demo person, ready to paste."""
    services, subjects = demo.get("services") or [], demo.get("subjects") or []
    for service in services:
        for subject in subjects:
            if subject["controller"] == service["controller"] and service["purposes"]:
                call = CURL.format(url=url, key=service["key"], body=body(service, subject))
                who = f"  customer  {subject['identifier']} (the link appears here)"
                return [who, "", "Try:", textwrap.indent(call, "  ")]
    return []


def body(service: dict[str, Any], subject: dict[str, Any]) -> str:
    """An AuthZEN evaluation request."""
    question = {
        "subject": {"type": "service", "id": service["id"]},
        "action": {"name": "activate", "properties": {"purpose": subject["purpose"]}},
        "resource": {"type": "customer", "id": subject["id"]},
    }
    return json.dumps(question)
