"""`python -m config.run.serve NAME`: runs one set of servers until nobody uses it any more.

Started by `embedded.launch`, which reads one word from it: "ready", or the reason why not.
"""

import fcntl
import os
import signal
import sys
import time

from config.places import places
from config.run import embedded
from config.run.errors import RunError
from config.run.postgres import Postgres
from config.run.valkey import Valkey

LOOK_SECONDS = 0.2


def main(name: str) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the holders decide, and they end by those signals
    found = places(name)
    serving = embedded.lock_file(found, "serving")
    embedded.wait_for_lock(serving, fcntl.LOCK_EX)
    in_use = embedded.lock_file(found, "in-use")
    try:
        servers = (Postgres(found), Valkey(found))
    except RunError as error:
        say(str(error))
        return 1
    try:
        for server in servers:
            server.start()
        say(embedded.READY.decode().strip())
        while all(server.is_alive() for server in servers):
            if embedded.try_lock(in_use, fcntl.LOCK_EX):  # kept until the servers have stopped
                return 0
            time.sleep(LOOK_SECONDS)
        sys.stderr.write("A server stopped by itself; the other follows. Its own log says why.\n")
    except RunError as error:
        say(str(error))
    finally:
        for server in reversed(servers):
            server.stop()
    return 1


def say(word: str) -> None:
    """One word to whoever waits for it, and no output after: the reader may be gone by then."""
    os.write(1, f"{word}\n".encode())
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
