"""One of the processes that import a file together. It begins bare: Django is not up yet."""

import pickle
import signal
from multiprocessing.connection import Connection

import django


def begin(packed: bytes, told: Connection) -> None:
    """Import what was packed, and tell the counts after each batch; None, or the error, at last.

    Nobody listening any more, the next batch is the last.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us stops us
    django.setup()
    from consent.importing import runner  # noqa: PLC0415 (needs what was set up just now)

    by, order = pickle.loads(packed)  # noqa: S301 (from our own parent, by memory)
    try:
        told.send(runner.run(by=by, order=order, told=told.send))
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 (raised again by who started us)
        told.send(error)
        return
    told.send(None)
