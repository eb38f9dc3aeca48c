"""Whether the decision point may answer: a database that was put back may not yet (ERA-11).

Asked off the loop every few seconds, so that a check costs no more for it than reading a flag.
"""

import asyncio

import structlog
from django.db import DatabaseError

from policies.pdp.http import UNAVAILABLE, HttpError
from work import serving

log = structlog.get_logger(__name__)

RESTORED = HttpError(
    503,
    "erasures_not_replayed: the database was put back from a backup; treat this as a denial.",
    ((b"retry-after", b"60"),),
)


class Watch:
    """Looks from the first request on, in the process that serves it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_open: bool | None = None  # nobody knows yet
        self._looking = self._loop.create_task(self._look())
        self._living = self._loop.create_task(self._live())

    async def require(self) -> None:
        """Return where decisions may be made. Raises HttpError."""
        if self._is_open is None:
            if self._looking.done():
                self._looking = self._loop.create_task(self._look())
            await asyncio.shield(self._looking)
        if self._is_open is None:
            raise UNAVAILABLE
        if not self._is_open:
            raise RESTORED

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(serving.SECONDS)
            await self._look()

    async def _look(self) -> None:
        """A database that is away changes nothing: each connection to it is asked about anew."""
        try:
            self._is_open = await asyncio.to_thread(serving.look_alone)
        except DatabaseError as error:
            log.warning("serving_unknown", error=type(error).__name__)
        except Exception as error:  # a journal that cannot be read may say what must not be served
            self._is_open = False
            log.error("serving_unknown", error=type(error).__name__)
