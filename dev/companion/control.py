"""The companion's own side, for people and tests: /_companion/… on the port of the proxy. AWS has nothing like it, and
the bot never asks for it."""

import dataclasses
import json

import pymysql
from aiohttp import web

from . import cloudwatch_plays, dump, reset
from .config import Settings
from .world import World

PREFIX = "/_companion"


class Control:
    """Faults, settings, journal, a look at the tasks, and emptying everything."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{PREFIX}/health", self._health),
            web.get(f"{PREFIX}/faults", self._faults),
            web.put(f"{PREFIX}/faults/{{name}}", self._switch_on),
            web.delete(f"{PREFIX}/faults", self._switch_off),
            web.delete(f"{PREFIX}/faults/{{name}}", self._switch_off),
            web.get(f"{PREFIX}/settings", self._settings),
            web.put(f"{PREFIX}/settings", self._set),
            web.get(f"{PREFIX}/requests", self._requests),
            web.get(f"{PREFIX}/services", self._services),
            web.get(f"{PREFIX}/tasks", self._tasks),
            web.get(f"{PREFIX}/mails", self._mails),
            web.get(f"{PREFIX}/dump", self._dump),
            web.put(f"{PREFIX}/usage", self._measure),
            web.put(f"{PREFIX}/metrics", self._measure),
            web.post(f"{PREFIX}/resync", self._resync),
            web.post(f"{PREFIX}/reset", self._reset),
        ]

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"services": len(self._world.scheduler.services)})

    async def _faults(self, _: web.Request) -> web.Response:
        return web.json_response(self._world.faults.listing())

    async def _switch_on(self, request: web.Request) -> web.Response:
        try:
            settings = json.loads(await request.read() or "{}")
            self._world.faults.switch_on(request.match_info["name"], settings)
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"on": request.match_info["name"]} | settings)

    async def _switch_off(self, request: web.Request) -> web.Response:
        self._world.faults.switch_off(request.match_info.get("name"), dict(request.query))
        return web.json_response({})

    async def _settings(self, _: web.Request) -> web.Response:
        return web.json_response(dataclasses.asdict(self._world.settings))

    async def _set(self, request: web.Request) -> web.Response:
        kinds = {field.name: field.type for field in dataclasses.fields(Settings)}
        try:
            for name, value in (await request.json()).items():
                setattr(self._world.settings, name, kinds[name](value))
        except (KeyError, ValueError) as error:
            return web.json_response({"error": f"{error}; there are {', '.join(kinds)}"}, status=400)
        return await self._settings(request)

    async def _requests(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.journal.since(int(request.query.get("since", 0))))

    async def _services(self, _: web.Request) -> web.Response:
        shown = [
            {"account": one.account, "cluster": one.cluster, "name": one.name, "status": one.status,
             "desired": one.desired,
             "tasks": [{"id": task.id, "status": task.status, "health": task.health, "reason": task.stopped_reason}
                       for task in one.tasks.values()]}
            for one in self._world.scheduler.services.values()
        ]  # fmt: skip
        return web.json_response(shown)

    async def _tasks(self, _: web.Request) -> web.Response:
        tasks = self._world.runner.tasks.values()
        return web.json_response([{"account": task.service.account} | task.shown() for task in tasks])

    async def _mails(self, _: web.Request) -> web.Response:
        return web.json_response(list(self._world.mails))

    async def _dump(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        unknown = ", ".join(sorted(set(asked) - {"only", "without", "subdomain"}))
        if unknown or ("only" in asked and "without" in asked):
            return web.json_response({"error": f"dump takes only or without, and subdomain; not {unknown}"}, status=400)
        try:
            found = await dump.dump(self._world, asked.get("only"), asked.get("without"), asked.get("subdomain"))
        except pymysql.MySQLError as error:
            return web.json_response({"error": f"a database server does not answer: {error}"}, status=503)
        return web.Response(text=dump.text(found), content_type="application/json")

    async def _measure(self, request: web.Request) -> web.Response:
        try:
            asked = await request.json()
            environment = self._world.config.environments[asked["environment"]]
            samples = cloudwatch_plays.samples(asked)
            self._world.metrics[cloudwatch_plays.key(environment, asked)] = samples
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"samples": len(samples)})

    async def _resync(self, _: web.Request) -> web.Response:
        return web.json_response({"services": await reset.resync(self._world)})

    async def _reset(self, _: web.Request) -> web.Response:
        return web.json_response(await reset.reset(self._world))
