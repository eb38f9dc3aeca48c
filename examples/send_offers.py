"""A campaign that asks before it writes: `send_offers.py [.local/demo.json]`, beside `make run`.

Prints what would happen to each demo person of the first company. Nothing is sent to anybody.
"""  # noqa: INP001 (a program beside the packages)

import json
import sys
from pathlib import Path

from sammati_client import Sammati

PURPOSE = "marketing.email.offers"


def main(demo_file: Path) -> None:
    demo = json.loads(demo_file.read_text())
    service = demo["services"][0]
    people = [
        one
        for one in demo["subjects"]
        if one["controller"] == service["controller"] and one["purpose"] == PURPOSE
    ]
    with Sammati(demo["base_url"], service=service["id"], key=service["key"]) as client:
        answers = client.check_many([one["id"] for one in people], PURPOSE, channel="email")
    for person, answer in zip(people, answers, strict=True):
        verdict = "write" if answer else "leave"
        print(f"{verdict:6} {person['state']:22} {answer.reason_code}")  # noqa: T201 (a program)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".local/demo.json"))
