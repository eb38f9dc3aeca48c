"""Where searches wait for their turn: apart from evaluations, which they must not hold up."""

import asyncio

import structlog

from policies.pdp.catalogue import Newest
from policies.pdp.lanes import Limits, Opened, UnavailableError
from policies.pdp.search import Found, UnauthenticatedError, find
from policies.pdp.tokens import TokenError
from policies.pdp.wire_search import Search

log = structlog.get_logger(__name__)


class SearchLane:
    """One connection, one page at a time."""

    def __init__(self, limits: Limits, newest: Newest) -> None:
        self._limits = limits
        self._opened = Opened(limits, newest)
        self._turn = asyncio.Lock()
        self.load = 0

    async def find(self, key: bytes, search: Search) -> Found:
        """The answer to a search, within the patience of the lane.

        Raises UnavailableError when it cannot be found and recorded now, UnauthenticatedError,
        TokenError.
        """
        if self.load >= self._limits.backlog:
            raise UnavailableError
        self.load += 1
        try:
            async with asyncio.timeout(self._limits.patience), self._turn:
                return await self._attempt(key, search)
        except TimeoutError:
            raise UnavailableError from None
        finally:
            self.load -= 1

    async def _attempt(self, key: bytes, search: Search) -> Found:
        try:
            return await find(await self._opened.decider(), key, search)
        except (UnauthenticatedError, TokenError):
            raise
        except asyncio.CancelledError:
            self._opened.close()
            raise
        except Exception as error:
            log.error("search_failed", error=type(error).__name__)
            self._opened.close()
            raise UnavailableError from None
