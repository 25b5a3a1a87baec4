"""`python -m companion CONFIG`: wires the parts together and serves until it is told to end."""

import asyncio
import contextlib
import logging
import signal
import sys

import aiohttp
from aiohttp import web

from . import (
    cloudwatch_plays,
    config,
    ecs_definitions_plays,
    ecs_plays,
    ecs_tasks_plays,
    efs_plays,
    elb_plays,
    logs_plays,
    reset,
    route53_plays,
    secrets_plays,
    ses_plays,
    sso_plays,
)
from .control import Control
from .faults import Faults
from .front import Front
from .journal import Journal
from .moto import Moto
from .names import Names
from .runner import Runner
from .scheduler import Scheduler
from .site import Site
from .world import World

HOST = "127.0.0.1"
LARGEST = 1 << 30
# Importing them registers what they play.
PLAYED = (
    cloudwatch_plays,
    ecs_plays,
    ecs_definitions_plays,
    ecs_tasks_plays,
    efs_plays,
    elb_plays,
    route53_plays,
    secrets_plays,
    ses_plays,
    sso_plays,
)


async def _listen(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, keepalive_timeout=3600)
    await runner.setup()
    await web.TCPSite(runner, HOST, port, backlog=512).start()
    return runner


async def serve(settings: config.Config) -> None:
    """Serves the proxy, the sites and the names."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, end.set)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as http:
        world = World(settings, http, Moto(settings.moto, http), Faults(), Journal())
        world.scheduler, world.runner = Scheduler(world), Runner(world)

        front = web.Application(client_max_size=LARGEST)
        front.add_routes(Control(world).routes())
        front.router.add_route("*", "/{path:.*}", Front(world).handle)
        site = web.Application()
        site.router.add_route("*", "/{path:.*}", Site(world).handle)

        names = Names(world)
        port = settings.ports["dns"]
        transport, _ = await loop.create_datagram_endpoint(lambda: names, (HOST, port))
        streams = await asyncio.start_server(names.stream, HOST, port)
        runners = [await _listen(site, settings.ports["site"]), await _listen(front, settings.ports["companion"])]
        with contextlib.suppress(aiohttp.ClientError):
            # When everything starts at once the emulator may not be there yet; whoever seeds it asks for this again.
            await reset.resync(world)
        await end.wait()
        world.scheduler.forget()
        world.runner.forget()
        streams.close()
        transport.close()
        for runner in runners:
            await runner.cleanup()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(serve(config.load(sys.argv[1])))


main()
