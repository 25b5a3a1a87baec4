"""Faults by name: which there are, which are on, for whom and how often, and those that hit a request at the front.
Faults of tasks, targets, names and sites are asked for by the parts that play them."""

import asyncio
import dataclasses
import random
import re

from . import twins
from .troubles import WHYS
from .wire import Answer, Call, Cut, error

KNOWN = {
    "task-fails-to-start": "the container of every new task ends with exit code 1",
    "image-pull-fails": "tasks stop with CannotPullContainerError",
    "task-trouble": "tasks stop, or are not started, for a reason of ECS's own (why=…)",
    "secret-missing-at-start": "tasks stop with ResourceInitializationError: unable to pull secrets",
    "slow-start": "tasks take longer to run (seconds, default 5)",
    "drain-slow": "tasks of a service that is scaled down or deleted run on for a while (seconds, default 5)",
    "drain-stuck": "tasks of a service that is scaled down or deleted run on; force, or stopping them, ends them",
    "targets-unhealthy": "running tasks fail the target group's health check",
    "target-trouble": "running tasks' targets are not healthy for a reason of ELB's own (why=…)",
    "export-refused": "CloudWatch Logs may not write to the bucket that logs are exported to",
    "logs-silent": "tasks write no log lines",
    "backup-fails": "the backup's container ends with exit code 1 and leaves no object",
    "backup-hangs": "the backup's task runs until it is stopped",
    "backup-empty": "the backup ends well and leaves an object of 0 bytes",
    "backup-no-object": "the backup ends well and leaves no object",
    "db-task-resource-init": "database tasks stop with ResourceInitializationError before they run",
    "dns-missing": "the name server answers NXDOMAIN",
    "site-500": "WordPress answers 500",
    "site-silent": "the load balancer answers 504 after a wait (seconds, default 5)",
    "credentials-expired": "AWS answers ExpiredToken",
    "wrong-account": "STS answers account 123456789012",
    "access-denied": "AWS answers AccessDenied",
    "throttle": "AWS answers that the rate is exceeded, before any effect",
    "server-error": "AWS answers 500, before any effect (status to change it)",
    "slow-answer": "AWS answers late (seconds, default 5; when=before the effect, the default, or after it)",
    "cut-connection": "the connection breaks (when=before the effect, or after it, the default)",
    "flaky": "a share of the calls (share, default 0.2) is throttled, answered 500, or cut before or after its effect (seed)",
    "foreign-duplicate": "just before a resource is created, somebody else creates one of that name",
}
_FILTERS = ("environment", "service", "operation", "tenant", "account")
_SETTINGS = (*_FILTERS, "times", "seconds", "when", "status", "code", "share", "seed", "why", "reason")
# Of the faults that can come before or after the effect, what does not come after it unless that is said.
_BEFORE = ("slow-answer",)
_FATES = ("throttle", "server-error", "cut-before", "cut-after")
STRANGER = "123456789012"


@dataclasses.dataclass
class Fault:
    """A fault that is on. Absent filters match everything; `times` counts down and then it is off."""

    name: str
    settings: dict
    times: int | None = None
    counts: dict[str, int] = dataclasses.field(default_factory=dict)

    def fate(self, call: Call) -> str | None:
        """How this call goes wrong, if it does. Drawn from the seed, the operation and its count, so that the same calls
        meet the same fate whatever goes on beside them."""
        key = f"{call.environment}/{call.service}/{call.operation}"
        self.counts[key] = self.counts.get(key, 0) + 1
        draw = random.Random(f"{self.settings.get('seed', 0)}/{key}/{self.counts[key]}")
        return draw.choice(_FATES) if draw.random() < self.number("share", 0.2) else None

    def matches(self, facts: dict, haystack: str) -> bool:
        for key in ("environment", "service", "operation", "account"):
            if key in self.settings and self.settings[key] != facts.get(key):
                return False
        usual = "before" if self.name in _BEFORE else "after"
        if "when" in facts and self.settings.get("when", usual) != facts["when"]:
            return False
        tenant = self.settings.get("tenant")
        if tenant is None:
            return True
        # The whole name, so that a fault for one tenant does not hit another whose name only begins alike.
        ends = r"(?=$|[^a-z0-9-]|-(?:service|tg|ap|db-credentials)\b)"
        named = rf"(?<![a-z0-9-])(?:(?:dev|sit|prod)-)?{re.escape(tenant)}{ends}"
        return facts.get("tenant") == tenant or re.search(named, haystack) is not None

    def number(self, key: str, default: float) -> float:
        return float(self.settings.get(key, default))


class Faults:
    """The faults that are on, in the order in which they were switched on."""

    def __init__(self) -> None:
        self._on: list[Fault] = []

    def listing(self) -> list[dict]:
        return [
            {
                "name": name,
                "description": text,
                "on": [one.settings | {"left": one.times} for one in self._on if one.name == name],
            }
            for name, text in KNOWN.items()
        ]

    def switch_on(self, name: str, settings: dict) -> None:
        """Raises ValueError for a name or a setting that does not exist."""
        if name not in KNOWN:
            raise ValueError(f"no fault {name}; there are {', '.join(KNOWN)}")
        if unknown := set(settings) - set(_SETTINGS):
            raise ValueError(f"no setting {', '.join(sorted(unknown))}; there are {', '.join(_SETTINGS)}")
        whys = WHYS.get(name, {})
        if whys and settings.get("why") not in whys:
            raise ValueError(f"{name} takes why, one of {', '.join(whys)}")
        times = int(settings["times"]) if "times" in settings else None
        self._on.append(Fault(name, settings, times))

    def switch_off(self, name: str | None = None, settings: dict | None = None) -> None:
        """Those of that name, if one is given, and with those settings."""

        def meant(one: Fault) -> bool:
            return name in (None, one.name) and (settings or {}).items() <= one.settings.items()

        self._on = [one for one in self._on if not meant(one)]

    def take(self, name: str, *, haystack: str = "", **facts: str | None) -> Fault | None:
        """The fault of that name that hits these facts, counted; None when there is none."""
        for one in self._on:
            if one.name == name and one.times != 0 and one.matches(facts, haystack):
                if one.times is not None:
                    one.times -= 1
                    self._on = [other for other in self._on if other.times != 0]
                return one
        return None

    def _take(self, name: str, call: Call, **facts: str) -> Fault | None:
        if not self._on:
            return None
        facts |= {key: getattr(call, key) for key in ("environment", "service", "operation", "account")}
        haystack = f"{call.target} {call.body.decode('utf-8', 'replace')}"
        return self.take(name, haystack=haystack, **facts)

    async def before(self, call: Call, forward, fired: list[str]) -> Answer | None:
        """The faults that come before any effect; an answer is the last word."""
        if not self._on or call.service is None:
            return None
        await self._slowly(call, "before", fired)
        if self._take("cut-connection", call, when="before"):
            fired.append("cut-connection")
            raise Cut
        if (flaky := self._take("flaky", call)) and (fate := flaky.fate(call)):
            fired.append(f"flaky: {fate}")
            if fate == "cut-before":
                raise Cut
            if fate in _ANSWERS:
                return _ANSWERS[fate](call, flaky)
            call.answer_is_lost = True
        for name, answer in _ANSWERS.items():
            if fault := self._take(name, call):
                fired.append(name)
                return answer(call, fault)
        if call.operation in twins.OPERATIONS and (fault := self._take("foreign-duplicate", call)):
            fired.append(fault.name)
            await forward(twins.twin(call))
        return None

    async def _slowly(self, call: Call, when: str, fired: list[str]) -> None:
        if fault := self._take("slow-answer", call, when=when):
            fired.append(fault.name)
            await asyncio.sleep(fault.number("seconds", 5))

    async def after(self, call: Call, answer: Answer, fired: list[str]) -> Answer:
        """The faults that come when the effect has happened."""
        await self._slowly(call, "after", fired)
        if call.operation == "GetCallerIdentity" and self._take("wrong-account", call):
            fired.append("wrong-account")
            body = re.sub(rb"\d{12}", STRANGER.encode(), answer.body)
            return Answer(answer.status, answer.headers, body)
        if call.answer_is_lost:
            raise Cut
        if self._take("cut-connection", call, when="after"):
            fired.append("cut-connection")
            raise Cut
        return answer


def _expired(call: Call, _: Fault) -> Answer:
    code, status = ("ExpiredTokenException", 400) if call.protocol == "json" else ("ExpiredToken", 403)
    return error(call, code, "The security token included in the request is expired", status)


def _denied(call: Call, _: Fault) -> Answer:
    code = "AccessDeniedException" if call.protocol in ("json", "rest-json") else "AccessDenied"
    who = f"arn:aws:sts::{call.account}:assumed-role/PlatformOps/landlord"
    message = f"User: {who} is not authorized to perform: {call.service}:{call.operation}"
    return error(call, code, message, 400 if call.protocol == "json" else 403)


def _throttled(call: Call, fault: Fault) -> Answer:
    # Each protocol has its own word for it, and SDKs go by the word.
    code = "ThrottlingException" if call.protocol in ("json", "rest-json", "smithy-rpc-v2-cbor") else "Throttling"
    status = 429 if call.protocol == "rest-json" else 400
    if call.service == "s3":
        code, status = "SlowDown", 503
    return error(call, fault.settings.get("code", code), "Rate exceeded", int(fault.settings.get("status", status)))


def _broken(call: Call, fault: Fault) -> Answer:
    code = {"ecs": "ServerException", "secretsmanager": "InternalServiceError", "efs": "InternalServerError"}
    name = fault.settings.get("code", code.get(call.service, "InternalFailure"))
    return error(call, name, "An internal error occurred", int(fault.settings.get("status", 500)))


_ANSWERS = {"credentials-expired": _expired, "access-denied": _denied, "throttle": _throttled, "server-error": _broken}
