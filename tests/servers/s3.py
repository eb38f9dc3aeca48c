"""An S3 of a run's own: moto's server in its own process, on a port of this very machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
import pytest
from botocore.config import Config

__all__ = ["SECRET", "S3", "running", "s3"]

SECRET = "AKIDEXAMPLE:s3cret-of-nobody"
START_SECONDS = 30.0


@dataclass
class S3:
    """A server; `client` is past every guard of ours."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def client(self) -> Any:
        name, word = SECRET.split(":")
        return boto3.session.Session().client(
            "s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id=name,
            aws_secret_access_key=word, config=Config(proxies={}, s3={"addressing_style": "path"}),
        )  # fmt: skip


@contextmanager
def running() -> Iterator[S3]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        env=os.environ | {"AWS_EC2_METADATA_DISABLED": "true"},
    )  # fmt: skip
    try:
        _await(process, port)
        yield S3(port)
    finally:
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The S3 of the tests does not answer.")


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    with running() as found:
        yield found
