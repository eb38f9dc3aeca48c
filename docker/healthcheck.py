# ruff: noqa: INP001 (scripts of the image, not a package)
"""Whether one process of this container does its work: `healthcheck.py web|pdp|worker|keeper`."""

import http.client
import os
import socket
import sys
from pathlib import Path

PORTS = {"web": 8000, "pdp": 8001}
READY = "/-/ready"  # the database answers and the keys are there
SECONDS = 4
SILENCE = "15 seconds"  # a process shows its life every second
ALIVE = """
    SELECT 1 FROM work_workerpulse
    WHERE host = %s AND kind = %s AND last_seen_at > now() - %s::interval LIMIT 1
"""


def answers(port: int) -> bool:
    """Asks as the proxy does: by an allowed host name, over what was HTTPS."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", READY, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def beats(kind: str) -> bool:
    """A pulse of this container in the database, so that a hanging process counts as ill."""
    import psycopg  # noqa: PLC0415 (the web's check needs no database driver)

    path = os.environ.get("DATABASE_URL_FILE")
    url = Path(path).read_text().strip() if path else os.environ["DATABASE_URL"]
    try:
        with psycopg.connect(url, connect_timeout=SECONDS) as connection:
            values = [socket.gethostname()[:100], kind, SILENCE]
            return connection.execute(ALIVE, values).fetchone() is not None
    except psycopg.Error:
        return False


def main(arguments: list[str]) -> int:
    part = arguments[0] if arguments else "web"
    if part in {"worker", "keeper"}:
        return 0 if beats(part) else 1
    return 0 if answers(PORTS[part]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
