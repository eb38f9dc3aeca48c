"""The published schema of entries, and everything that the log holds against it."""

import json
import re

import jsonschema
import msgspec

from audit.models import Payload
from config.places import BASE_DIR

SCHEMA = json.loads((BASE_DIR / "docs" / "log-entry.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ADDRESS = re.compile(rb"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])(?!/24)")


def entries():
    """What every payload says, each valid, oldest first. None holds a whole address."""
    bodies = [bytes(one.body) for one in Payload.objects.order_by("id")]
    found = [msgspec.json.decode(body) for body in bodies]
    for body, entry in zip(bodies, found, strict=True):
        VALIDATOR.validate(entry)
        assert not ADDRESS.search(body), entry["event"]
    return found
