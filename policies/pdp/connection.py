"""The decision point's own connections: forced plans, bounded statements, times as integers."""

from struct import Struct
from typing import Any

import psycopg
from django.conf import settings
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.string import ByteaBinaryLoader

from work import serving

_INT8 = Struct("!q")
_INT4 = Struct("!i")
_Y2K = 946_684_800_000_000  # microseconds between 1970 and 2000, where PostgreSQL counts from
_DAY = 86_400_000_000
PLAN = (
    "SET enable_seqscan = off", "SET enable_hashjoin = off", "SET enable_mergejoin = off",
    "SET enable_bitmapscan = off", "SET plan_cache_mode = force_generic_plan", "SET jit = off",
)  # fmt: skip
"""Index look-ups only, whatever the planner believes about the size of a batch."""


class _Timestamp(Loader):
    """timestamptz as whole microseconds since 1970 UTC."""

    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        return int(_INT8.unpack(data)[0]) + _Y2K


class _Date(Loader):
    """date as the microsecond it begins, UTC."""

    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        return int(_INT4.unpack(data)[0]) * _DAY + _Y2K


class NotServedError(RuntimeError):
    """The database behind a new connection was put back, and is not up to date (`work.serving`)."""


def connect() -> psycopg.Connection[Any]:
    """A connection as the app's login, to a database that may be served.

    A database can only be exchanged while connections to it are broken, so each new one is asked
    about. Raises psycopg.OperationalError within two seconds, and NotServedError.
    """
    database = settings.DATABASES["default"]
    seconds = int(settings.DECISION_TIMEOUT_SECONDS)
    connection = psycopg.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"] or None,
        host=database["HOST"] or None, port=database["PORT"] or None, autocommit=True,
        connect_timeout=2, tcp_user_timeout=seconds * 1000, application_name="sammati-pdp",
        options=f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout=10s",
    )  # fmt: skip
    if not serving.look_alone():
        connection.close()
        raise NotServedError
    for setting in PLAN:
        connection.execute(setting)
    return connection


def with_integer_times(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Read times of this connection as integers, and identifiers as their sixteen bytes."""
    connection.adapters.register_loader("timestamptz", _Timestamp)
    connection.adapters.register_loader("date", _Date)
    connection.adapters.register_loader("uuid", ByteaBinaryLoader)
    return connection
