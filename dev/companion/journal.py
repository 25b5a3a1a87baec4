"""The list of requests that went through, for tests and measurements. Bodies and credentials are never kept."""

import collections
import itertools
import time

from .wire import Call

KEPT = 100_000


class Journal:
    """Keeps the last requests, each with a number that grows."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._entries: collections.deque[dict] = collections.deque(maxlen=KEPT)

    def add(self, call: Call, status: int, started: float, fired: list[str]) -> None:
        """Notes a request; status 0 is a cut connection. `at` is in seconds since 1970, `ms` the time it took."""
        self._entries.append({
            "seq": next(self._numbers), "at": started, "account": call.account, "environment": call.environment,
            "region": call.region, "service": call.service, "operation": call.operation, "status": status,
            "ms": round((time.time() - started) * 1000, 2), "faults": fired,
        })  # fmt: skip

    def since(self, number: int) -> dict:
        """All requests after that number, and the number to ask with next time."""
        found = []
        for entry in reversed(self._entries):
            if entry["seq"] <= number:
                break
            found.append(entry)
        found.reverse()
        return {"requests": found, "next": found[-1]["seq"] if found else number}
