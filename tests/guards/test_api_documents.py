"""The management API's document: complete for a stranger, and the same as the code."""

import re

import pytest
import yaml
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.places import BASE_DIR
from tests.guards import tree
from tests.guards.tree import report

METHODS = {"get", "post", "put", "patch", "delete"}
DOCUMENT = BASE_DIR / "docs" / "openapi.yaml"
PROBLEM = "application/problem+json"
ALWAYS = {"401", "403"}
OF_WRITES = {"400", "409"}


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(schema):
    """(name, operation) of all."""
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_there_are_operations(operations):
    assert {"POST /api/v1/consents", "POST /api/v1/consents/withdraw"} <= {
        name for name, _ in operations
    }


def test_the_document_is_valid_openapi(schema):
    validate_schema(schema)


@pytest.mark.req("BRD-AR1")
def test_every_operation_is_described_for_strangers(operations):
    faults = [
        f"{name}: no {part}"
        for name, operation in operations
        for part in ("operationId", "summary", "description", "tags")
        if not operation.get(part)
    ]

    assert not faults, report(faults, "Say it in extend_schema.")


def test_every_operation_names_its_errors_as_problems(operations):
    faults = []
    for name, operation in operations:
        wanted = ALWAYS | (OF_WRITES if name.startswith("POST") else set())
        errors = {
            status: found for status, found in operation["responses"].items() if status >= "4"
        }
        faults += [f"{name}: {status} is not documented" for status in sorted(wanted - set(errors))]
        faults += [
            f"{name}: {status} is not {PROBLEM}"
            for status, found in errors.items()
            if PROBLEM not in found.get("content", {})
        ]

    assert not faults, report(faults, "Add the responses in extend_schema.")


def test_every_operation_has_an_example(operations):
    faults = [
        name for name, operation in operations if not re.search(r"'examples?'", str(operation))
    ]

    assert not faults, report(faults, "Add an OpenApiExample in extend_schema.")


def test_every_operation_asks_for_a_key(operations):
    faults = [name for name, operation in operations if not operation.get("security")]

    assert not faults, report(faults, "Authenticate it; without a key nothing is answered.")


def test_the_published_document_is_fresh(schema):
    published = yaml.safe_load(DOCUMENT.read_text())

    made = yaml.safe_load(yaml.safe_dump(plain(schema)))

    assert published == made, "Renew it: make schema"


def plain(value):
    """Lazy translations and special mappings as plain data, as the renderer writes them."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value if isinstance(value, bool | int | float | type(None)) else str(value)


def test_no_serializer_takes_its_fields_from_a_model():
    """A new column must not become public by itself."""
    found = [tree.name(p) for p in tree.product_files() if "ModelSerializer" in p.read_text()]

    assert not found, report(found, "Name the fields: a plain Serializer is an allow-list.")
