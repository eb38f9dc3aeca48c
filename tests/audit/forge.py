"""Makes keepers without delay: imports everything once, and forks one for each line it reads.

Started by tests as `python -m tests.audit.forge`; answers each name with the keeper's number.
"""

import os
import signal
import sys

import django


def main():
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    print("ready", flush=True)  # noqa: T201 (what the test reads)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            keep(line.strip())
        print(child, flush=True)  # noqa: T201


def keep(name):
    from work.keeper import Keeper

    os.environ["PGAPPNAME"] = name  # tells its connections apart
    keeper = Keeper(patience_seconds=600)
    signal.signal(signal.SIGTERM, lambda *_: keeper.stop())
    try:
        keeper.run()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
