"""`python -m benchmarks.plain DSN SECONDS`: a row of 1,500 bytes, committed and synced, repeatedly.

The least a record of these bytes can cost here: one connection, one prepared statement, no other
work. So many bytes has the payload of a decision; what finds it and proves it comes on top.
"""

import json
import os
import sys
import time

import psycopg

MAKE = "CREATE TABLE IF NOT EXISTS bench_plain (id bigserial PRIMARY KEY, body bytea NOT NULL)"
INSERT = "INSERT INTO bench_plain (body) VALUES (%b)"
WARM = 200
BYTES = 1_500


def main(dsn: str, seconds: float) -> dict[str, float]:
    body, taken = os.urandom(BYTES), []
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=0) as connection:
        connection.execute(MAKE)
        for _ in range(WARM):
            connection.execute(INSERT, [body])
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            began = time.perf_counter()
            connection.execute(INSERT, [body])
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        "rate": len(taken) / seconds, "p50": taken[len(taken) // 2],
        "p99": taken[int(len(taken) * 0.99)], "longest": taken[-1],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]))))
