"""Work that goes on beside the requests: the lives of tasks. What the work is, is not known here."""

import asyncio
import logging

log = logging.getLogger("companion.background")


class Background:
    """Keeps running work, so that it is neither forgotten halfway nor fails unheard."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task] = set()

    def spawn(self, work) -> asyncio.Task:
        """Starts the work and answers its handle."""
        running = asyncio.ensure_future(work)
        self._running.add(running)
        running.add_done_callback(self._ended)
        return running

    def forget(self) -> None:
        """Ends all of it where it stands."""
        for running in self._running:
            running.cancel()

    def _ended(self, running: asyncio.Task) -> None:
        self._running.discard(running)
        if not running.cancelled() and running.exception():
            log.error("a task's life failed", exc_info=running.exception())
