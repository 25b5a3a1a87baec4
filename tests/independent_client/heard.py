"""What has been heard and not yet asked for, and the named checks."""

import asyncio

PATIENCE = 30
"""Seconds until something that does not come counts as missing. Nothing waits this long when all is well."""


class Failed(Exception):
    """A check that did not hold."""


class Heard:
    """A list of (name, value) that stories take from in any order, each entry once."""

    def __init__(self, who):
        self.who = who
        self.entries = []
        self.news = asyncio.Condition()

    def put(self, name, value):
        """Adds an entry and wakes whoever waits. To be called from the event loop."""
        self.entries.append((name, value))
        asyncio.get_running_loop().create_task(self._wake())

    async def _wake(self):
        async with self.news:
            self.news.notify_all()

    async def take(self, name, where=lambda value: True):
        """The first entry of this name that fits, waited for."""

        def find():
            fitting = (entry for entry in self.entries if entry[0] == name and where(entry[1]))
            return next(fitting, None)

        try:
            async with asyncio.timeout(PATIENCE), self.news:
                await self.news.wait_for(find)
        except TimeoutError:
            names = [entry[0] for entry in self.entries]
            raise Failed(f"expected {self.who} to hear {name}; still unheard: {names}") from None
        entry = find()
        self.entries.remove(entry)
        return entry[1]

    def has(self, name, where=lambda value: True):
        """Whether such an entry is there already."""
        return any(entry[0] == name and where(entry[1]) for entry in self.entries)


class Checks:
    """Prints one line for each check that holds; the first that does not ends the run."""

    def __init__(self):
        self.count = 0

    def equal(self, name, got, expected):
        if got != expected:
            raise Failed(f"{name}: expected {expected!r}, got {got!r}")
        self._holds(name)

    def true(self, name, holds, got=None):
        if not holds:
            raise Failed(f"{name}: expected this to hold; got {got!r}")
        self._holds(name)

    def _holds(self, name):
        self.count += 1
        print(f"ok {self.count:3} {name}", flush=True)
