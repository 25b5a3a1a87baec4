"""The proxy that clients take for AWS: every request goes on to the emulator byte for byte, except where a play or a
fault answers. What the plays do is in their own modules."""

import asyncio
import datetime
import logging
import time
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from . import skew, wire
from .moto import AwsError
from .wire import Answer, Call, Cut
from .world import World

Forward = Callable[[Call], Awaitable[Answer]]
Play = Callable[[World, Call, Forward], Awaitable[Answer]]

log = logging.getLogger("companion.front")
PLAYS: dict[tuple[str, str], Play] = {}

_HOP = ("Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Upgrade", "TE", "Trailers", "Proxy-Connection")


def plays(service: str, *operations: str) -> Callable[[Play], Play]:
    """Registers who answers an operation in the emulator's place."""

    def register(play: Play) -> Play:
        PLAYS.update({(service, operation): play for operation in operations})
        return play

    return register


class Front:
    """Receives, recognizes, lets faults and plays answer, forwards the rest, and keeps the journal."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.StreamResponse:
        started = time.time()
        call = wire.read(request.method, request.raw_path, request.headers, await request.read())
        if call.access_key:
            call.account = await self._world.moto.account_of(call.access_key)
            environment = self._world.config.of_account(call.account)
            call.environment = environment.name if environment else None
        fired: list[str] = []
        status = 0
        try:
            answer = await self._answer(call, fired)
            status = answer.status
        except Cut:
            if request.transport is not None:
                request.transport.abort()
            raise asyncio.CancelledError from None
        finally:
            self._world.journal.add(call, status, started, fired)
        return _response(request, answer)

    async def _answer(self, call: Call, fired: list[str]) -> Answer:
        if refused := skew.refusal(call, datetime.datetime.now(datetime.UTC)):
            return refused
        faults = self._world.faults
        early = await faults.before(call, self.forward, fired)
        if early is not None:
            return early
        play = PLAYS.get((call.service or "", call.operation or ""))
        try:
            answer = await (play(self._world, call, self.forward) if play else self.forward(call))
        except AwsError as problem:
            # A play asked the emulator something, and the refusal is the client's to know.
            answer = wire.error(call, problem.code, str(problem))
        except aiohttp.ClientError as problem:
            log.warning("%s %s: %s", call.service, call.operation, problem)
            raise Cut from problem
        return await faults.after(call, answer, fired)

    async def forward(self, call: Call) -> Answer:
        """Passes a request to the emulator and answers what it answered."""
        headers = CIMultiDict(call.headers)
        for name in (*_HOP, "Content-Length", "Expect"):
            headers.popall(name, None)
        url = aiohttp.client.URL(self._world.config.upstream + call.target, encoded=True)
        if call.method == "HEAD":
            # Microburst loses the length, which is all that a HEAD asks for.
            url = aiohttp.client.URL(self._world.config.moto + call.target, encoded=True)
        data = call.body if call.body or call.method not in ("GET", "HEAD") else None
        async with self._world.http.request(
            call.method, url, headers=headers, data=data, allow_redirects=False, skip_auto_headers=_NOTHING_ADDED
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())


_NOTHING_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


def _response(request: web.Request, answer: Answer) -> web.Response:
    headers = CIMultiDict(answer.headers)
    for name in _HOP:
        headers.popall(name, None)
    if request.method != "HEAD":
        headers.popall("Content-Length", None)
    return web.Response(status=answer.status, headers=headers, body=answer.body or None)
