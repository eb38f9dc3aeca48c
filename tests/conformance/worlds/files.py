"""Connectors of object storage, on an S3 of the tests' own."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from registry.connectors.contract import Act
from registry.connectors.objects import ObjectsConnector
from registry.connectors.objects.settings import read
from tests.servers.s3 import S3, SECRET, s3

__all__ = ["s3"]
_numbers = itertools.count(1)
LIST = "exports/people.csv"
HEAD = "email,town"


@dataclass
class BucketWorld:
    """Pictures of people, and one file with a row each."""

    s3: S3
    name: str
    endpoint: str = ""

    def connector(self) -> ObjectsConnector:
        settings = {
            "bucket": self.name, "endpoint": self.endpoint or self.s3.url, "path_style": True,
            "delete": [{"key": "pictures/{crm}.png"}],
            "rewrite": [{"prefix": "exports/", "format": "csv", "match": {"email": "email"}}],
        }  # fmt: skip
        return ObjectsConnector(read(settings), SECRET)

    def put(self, numbers: Sequence[int]) -> None:
        rows = self._rows() + [f"person{n}@people.example,Pune" for n in numbers]
        body = "\n".join([HEAD, *rows, ""]).encode()
        self._client.put_object(Bucket=self.name, Key=LIST, Body=body)
        for n in numbers:
            self._client.put_object(Bucket=self.name, Key=f"pictures/C-{n}.png", Body=b"x")

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"email": (f"person{number}@people.example",), "crm": (f"C-{number}",)}

    def left(self) -> set[int]:
        rows = {int(row.split("person")[1].split("@")[0]) for row in self._rows()}
        found = self._client.list_objects_v2(Bucket=self.name, Prefix="pictures/")
        keys = [one["Key"] for one in found.get("Contents", [])]
        return rows | {int(one.removeprefix("pictures/C-").removesuffix(".png")) for one in keys}

    def effects(self) -> dict[int, int] | None:
        return None

    def wait(self) -> None:
        """It is done when it says so."""

    def trouble(self, kind: str) -> tuple[Act, str] | None:
        if kind != "dead":
            return None
        self.endpoint = "http://127.0.0.1:1"
        return Act.RETRY, "unreachable"

    def at(self, host: str) -> ObjectsConnector:
        self.endpoint = f"https://{host}"
        return self.connector()

    def fail(self) -> str | None:
        return None

    def mend(self) -> None:
        """It never failed."""

    @property
    def _client(self) -> Any:
        return self.s3.client

    def _rows(self) -> list[str]:
        listed = self._client.list_objects_v2(Bucket=self.name, Prefix=LIST)
        if not listed.get("Contents"):
            return []
        body = self._client.get_object(Bucket=self.name, Key=LIST)["Body"].read().decode()
        return [row for row in body.splitlines()[1:] if row]


@pytest.fixture
def objects_world(s3: S3) -> BucketWorld:
    name = f"conformance-{next(_numbers)}"
    s3.client.create_bucket(Bucket=name)
    return BucketWorld(s3, name)
