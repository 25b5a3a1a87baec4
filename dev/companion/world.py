"""What the parts of the companion share. It holds them and does nothing itself."""

import asyncio
import collections
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import aiohttp

from .config import Config, Settings
from .faults import Fault, Faults
from .journal import Journal
from .moto import Moto

if TYPE_CHECKING:
    from .runner import Runner
    from .scheduler import Scheduler
    from .workload import Place


@dataclasses.dataclass
class World:
    """Configuration, ways to the emulator, faults and journal; the scheduler and the runner join at start."""

    config: Config
    http: aiohttp.ClientSession
    moto: Moto
    faults: Faults
    journal: Journal
    settings: Settings = dataclasses.field(default_factory=Settings)
    scheduler: "Scheduler" = None
    runner: "Runner" = None
    # What SES took, oldest first.
    mails: collections.deque = dataclasses.field(default_factory=lambda: collections.deque(maxlen=1_000))
    # When a task definition was registered, and when deregistered, by its ARN.
    registered: dict = dataclasses.field(default_factory=dict)
    deregistered: dict = dataclasses.field(default_factory=dict)
    # What was measured: samples by account, namespace, metric and dimensions.
    metrics: dict = dataclasses.field(default_factory=dict)
    # By account, the export of logs that runs, and until when.
    exports: dict = dataclasses.field(default_factory=dict)
    # Resource changes that moto lets happen twice are looked at and made under one lock per account and thing.
    locks: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(asyncio.Lock))
    # Called with an account when its listener rules or records change.
    _changed: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(int))

    def fault_at(self, name: str, place: "Place") -> Fault | None:
        """The fault of that name that hits a task there, counted."""
        environment = self.config.of_account(place.account)
        return self.faults.take(name, haystack=place.name, environment=environment and environment.name)

    def version(self, account: str, what: str) -> int:
        """A number that grows whenever a client changes that part of the account."""
        return self._changed[account, what]

    def changed(self, account: str | None, what: str) -> None:
        """Notes that a client changed that part of the account."""
        if account:
            self._changed[account, what] += 1

    @contextlib.asynccontextmanager
    async def alone(self, *key: object) -> AsyncIterator[None]:
        """One at a time for the same key."""
        async with self.locks[key]:
            yield
