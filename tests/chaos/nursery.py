"""`python -m tests.chaos.nursery`: makes processes of the product, each by a fork, which is quick.

Reads a line of JSON for each: `{"what": "worker" | "keeper" | "web", "crash_at": "", ...}`; says
its number. `{"ended": number}` says how it ended, null while it lives.
"""

import json
import os
import signal
import sys

import django

from config.run import processes
from work import crash

MAKERS = {}


def maker(made):
    MAKERS[made.__name__] = made
    return made


@maker
def worker(*, pool="prefork", **_more):
    from config.celery import app

    options = ["--concurrency", "2", "--loglevel", "ERROR", "--without-gossip"]
    app.worker_main(["worker", "--pool", pool, "--without-mingle", *options])


@maker
def keeper(*, patience=1.0, **_more):
    from django.core.management import call_command

    call_command("keeper", patience=patience)


@maker
def web(*, port, **_more):
    import uvicorn

    uvicorn.run(
        "config.asgi:application", host="127.0.0.1", port=port,
        http="config.protocol:DecisionProtocol", access_log=False, log_level="error",
    )  # fmt: skip


def born(said):
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        processes.die_with_parent(signal.SIGKILL)
        processes.wish_for(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        crash.point = crash.Crash(said.pop("crash_at", "")).point
        MAKERS[said.pop("what")](**said)
    finally:
        os._exit(0)


def ended(number):
    """How a child ended: its exit code, or the signal's number below zero; None while it lives."""
    try:
        found, status = os.waitpid(number, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if found else None


def main():
    django.setup()
    from django.core.handlers.asgi import ASGIHandler  # noqa: F401 (what is read once is shared)
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 (reads all)
    for line in sys.stdin:
        said = json.loads(line)
        answer = ended(said["ended"]) if "ended" in said else born(said)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
