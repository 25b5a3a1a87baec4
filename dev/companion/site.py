"""The load balancers and the tenants' WordPress, under the tenants' host names on one port: the listener's rules say
where a request goes, the tasks whether anybody is there, and the database whether WordPress can work."""

import asyncio
import fnmatch
import json

import pymysql
from aiohttp import web

from . import containers
from .config import Environment
from .moto import AwsError
from .workload import Task
from .world import World

_PAGE = (
    '<!DOCTYPE html>\n<html lang="en-US"><head><meta charset="utf-8"><meta name="generator" content="WordPress 6.4" />'
    "<title>{title}</title></head><body>{body}</body></html>\n"
)
_INSTALL = _PAGE.format(
    title="WordPress &rsaquo; Installation",
    body="<h1>Welcome</h1><p>Welcome to the famous five-minute WordPress installation process!</p>",
)
_NO_DATABASE = _PAGE.format(title="Database Error", body="<h1>Error establishing a database connection</h1>")
_BROKEN = _PAGE.format(title="WordPress &rsaquo; Error", body="<p>There has been a critical error on this website.</p>")


class Site:
    """Answers HTTP as the three load balancers do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rules: dict[str, tuple[int, list]] = {}

    async def handle(self, request: web.Request) -> web.Response:
        host = (request.host or "").rpartition(":")[0] or request.host or ""
        environment = self._world.config.of_host(host.lower())
        if environment is None:
            return web.Response(status=404, text="no such tenant")
        if fault := self._world.faults.take(
            "site-silent", haystack=host, environment=environment.name, tenant=host.partition(".")[0]
        ):
            await asyncio.sleep(fault.number("seconds", 5))
            return web.Response(status=504, text="504 Gateway Time-out")
        action = await self._action(environment, host.lower())
        if action["Type"] == "fixed-response":
            fixed = action["FixedResponseConfig"]
            return web.Response(
                status=int(fixed["StatusCode"]),
                text=fixed.get("MessageBody", ""),
                content_type=fixed.get("ContentType", "text/plain"),
            )
        groups = [action["TargetGroupArn"]] if "TargetGroupArn" in action else []
        groups += [one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", [])]
        scheduler = self._world.scheduler
        serving = [
            task
            for group in dict.fromkeys(groups)
            for task in scheduler.behind(group)
            if scheduler.health(task) == "healthy"
        ]
        if not serving:
            return web.Response(status=503, text="503 Service Temporarily Unavailable")
        return await self._wordpress(environment, serving[0], request.path, host)

    async def _action(self, environment: Environment, host: str) -> dict:
        """The action of the first rule that the host name meets, else the listener's own."""
        for rule in await self._listening(environment):
            conditions = rule.get("Conditions", [])
            hosts = [value for one in conditions if one["Field"] == "host-header"
                     for value in one.get("Values") or one.get("HostHeaderConfig", {}).get("Values", [])]  # fmt: skip
            if rule["IsDefault"] or any(fnmatch.fnmatchcase(host, value.lower()) for value in hosts):
                return rule["Actions"][-1]
        return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "no such tenant"}}

    async def _listening(self, environment: Environment) -> list[dict]:
        """The rules of the environment's HTTPS listeners by priority, the listener's own action last. Read again
        whenever a client has changed a rule."""
        version = self._world.version(environment.account, "rules")
        kept = self._rules.get(environment.name)
        if kept and kept[0] == version:
            return kept[1]
        where = (environment.account, environment.region, "elbv2")
        rules: list[dict] = []
        moto = self._world.moto
        for balancer in (await moto.call(*where, "DescribeLoadBalancers"))["LoadBalancers"]:
            listeners = await moto.call(*where, "DescribeListeners", LoadBalancerArn=balancer["LoadBalancerArn"])
            for listener in listeners["Listeners"]:
                rules += await moto.pages(*where, "DescribeRules", "Rules", ListenerArn=listener["ListenerArn"])
        rules.sort(key=lambda rule: (rule["IsDefault"], 0 if rule["IsDefault"] else int(rule["Priority"])))
        self._rules[environment.name] = (version, rules)
        return rules

    async def _wordpress(self, environment: Environment, task: Task, path: str, host: str) -> web.Response:
        facts = {
            "haystack": f"{task.service.name} {host}",
            "environment": environment.name,
            "tenant": host.partition(".")[0],
        }
        if self._world.faults.take("site-500", **facts):
            return _page(_BROKEN, 500)
        if not await self._database_answers(environment, task):
            return _page(_NO_DATABASE, 500)
        if path.startswith("/wp-admin/install.php"):
            return _page(_INSTALL, 200)
        # A WordPress that nobody has set up sends every visitor to its installation page.
        return web.Response(status=302, headers={"Location": "/wp-admin/install.php", "X-Redirect-By": "WordPress"})

    async def _database_answers(self, environment: Environment, task: Task) -> bool:
        """Logs in as the container would: with what its environment and its secrets say, read again each time."""
        container = next(iter(task.definition.get("containerDefinitions") or []), {})
        settings = {one["name"]: one["value"] for one in container.get("environment") or []}
        whole: dict = {}
        try:
            for wanted in container.get("secrets") or []:
                source = wanted["valueFrom"]
                settings[wanted["name"]] = await containers.secret(self._world, task.service, source)
                whole |= _json(await containers.secret(self._world, task.service, ":".join(source.split(":")[:7])))
        except (AwsError, KeyError):
            return False
        user = settings.get("WORDPRESS_DB_USER") or whole.get("username")
        name = settings.get("WORDPRESS_DB_NAME") or whole.get("dbname") or whole.get("database")
        password = settings.get("WORDPRESS_DB_PASSWORD") or whole.get("password")
        if not (user and name and password):
            return False
        return await asyncio.to_thread(_log_in, environment.database_port, user, password, name)


def _json(value: str) -> dict:
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _log_in(port: int, user: str, password: str, name: str) -> bool:
    try:
        pymysql.connect(
            host="127.0.0.1", port=port, user=user, password=password, database=name, connect_timeout=5
        ).close()
    except pymysql.Error:
        return False
    return True


def _page(html: str, status: int) -> web.Response:
    return web.Response(status=status, text=html, content_type="text/html", charset="utf-8")
