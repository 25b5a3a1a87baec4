"""Services, deployments and tasks as ECS knows them: values and how they are shown. What happens to them, and when,
is the scheduler's."""

import collections
import dataclasses
import datetime
import itertools
import random
import time
import uuid

_numbers = itertools.count(10)


def instant(at: float | None) -> float | None:
    """A time as ECS writes it in JSON: seconds since 1970."""
    return round(at, 3) if at else None


@dataclasses.dataclass
class Deployment:
    """One rollout of a task definition. A task alone has one too: its id is who started it."""

    task_definition: str
    id: str | None = dataclasses.field(default_factory=lambda: f"ecs-svc/{random.randrange(10**18, 10**19)}")
    created: float = dataclasses.field(default_factory=time.time)
    failed: int = 0
    completed: bool = False
    given_up: bool = False
    reason: str | None = None


@dataclasses.dataclass
class Task:
    """One task, of a service or alone. `status` is lastStatus; `health` is what its target group says. One that is
    `leaving` still runs although its service wants it no more."""

    service: "Place"
    deployment: Deployment
    ip: str
    id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)
    status: str = "PROVISIONING"
    desired: str = "RUNNING"
    health: str = "none"
    leaving: bool = False
    created: float = dataclasses.field(default_factory=time.time)
    started: float | None = None
    stopping: float | None = None
    stopped: float | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    container_reason: str | None = None
    exit_code: int | None = None
    definition: dict = dataclasses.field(default_factory=dict)
    overrides: dict = dataclasses.field(default_factory=lambda: {"containerOverrides": []})
    group: str | None = None
    number: int = dataclasses.field(default_factory=lambda: next(_numbers))

    @property
    def arn(self) -> str:
        one = self.service
        return f"arn:aws:ecs:{one.region}:{one.account}:task/{one.cluster}/{self.id}"

    def shown(self) -> dict:
        """The task as DescribeTasks answers it."""
        one = self.service
        mac = ":".join(f"{(self.number >> shift) & 255:02x}" for shift in (40, 32, 24, 16, 8, 0))
        details = {"subnetId": one.subnets[0] if one.subnets else "", "networkInterfaceId": f"eni-{self.id[:17]}",
                   "macAddress": mac, "privateIPv4Address": self.ip}  # fmt: skip
        times = {"createdAt": self.created, "startedAt": self.started, "stoppingAt": self.stopping,
                 "stoppedAt": self.stopped, "executionStoppedAt": self.stopped if self.started else None}  # fmt: skip
        shown = {
            "taskArn": self.arn, "clusterArn": f"arn:aws:ecs:{one.region}:{one.account}:cluster/{one.cluster}",
            "taskDefinitionArn": self.deployment.task_definition, "group": self.group or f"service:{one.name}",
            "startedBy": self.deployment.id, "lastStatus": self.status, "desiredStatus": self.desired,
            "launchType": one.launch_type, "healthStatus": "UNKNOWN", "connectivity": "CONNECTED", "version": 1,
            "cpu": self.definition.get("cpu"), "memory": self.definition.get("memory"), "tags": one.tags,
            "availabilityZone": f"{one.region}a", "overrides": self.overrides,
            "attachments": [{
                "id": str(uuid.UUID(self.id)), "type": "ElasticNetworkInterface",
                "status": "ATTACHED" if self.status == "RUNNING" else "DELETED" if self.stopped else "PRECREATED",
                "details": [{"name": name, "value": value} for name, value in details.items()],
            }],
            "containers": [self._container(container) for container in self.definition.get("containerDefinitions", [])],
            "stopCode": self.stop_code, "stoppedReason": self.stopped_reason,
        } | {name: instant(at) for name, at in times.items()}  # fmt: skip
        return {name: value for name, value in shown.items() if value is not None}

    def _container(self, container: dict) -> dict:
        one = self.service
        shown = {
            "containerArn": f"arn:aws:ecs:{one.region}:{one.account}:container/{one.cluster}/{self.id}/1",
            "taskArn": self.arn, "name": container.get("name"), "image": container.get("image"),
            "runtimeId": f"{self.id}-1", "healthStatus": "UNKNOWN", "reason": self.container_reason,
            "lastStatus": self.status if self.status in ("PENDING", "RUNNING", "STOPPED") else "PENDING",
            "networkInterfaces": [{"attachmentId": str(uuid.UUID(self.id)), "privateIpv4Address": self.ip}],
            "exitCode": self.exit_code,
        }  # fmt: skip
        return {name: value for name, value in shown.items() if value is not None}


@dataclasses.dataclass(kw_only=True)
class Place:
    """Where tasks run. Its name, a service's or that of the tenant whom a task alone serves, is what faults go by."""

    account: str
    region: str
    cluster: str
    name: str
    subnets: list[str]
    launch_type: str
    tags: list[dict]


@dataclasses.dataclass(kw_only=True)
class Service(Place):
    """One service and what ECS keeps of it: the primary deployment comes first."""

    arn: str
    desired: int
    target_groups: list[dict]
    deployments: list[Deployment]
    status: str = "ACTIVE"
    tasks: dict[str, Task] = dataclasses.field(default_factory=dict)
    events: collections.deque = dataclasses.field(default_factory=lambda: collections.deque(maxlen=100))
    failures: int = 0
    retrying: bool = False
    steady: bool = False
    breaker: dict = dataclasses.field(default_factory=lambda: {"enable": False, "rollback": False})

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.account, self.region, self.cluster, self.name)

    def live(self, deployment: Deployment | None = None) -> list[Task]:
        """Tasks that are meant to run, the oldest first."""
        tasks = [task for task in self.tasks.values() if task.desired == "RUNNING"]
        return [task for task in tasks if deployment in (None, task.deployment)]

    def count(self, running: bool, deployment: Deployment | None = None) -> int:
        """How many tasks run, or are about to."""
        return sum((task.status == "RUNNING") == running for task in self.live(deployment))

    def tell(self, message: str) -> None:
        """Adds an event, as the console shows them: the newest first."""
        entry = {
            "id": str(uuid.uuid4()),
            "createdAt": instant(time.time()),
            "message": f"(service {self.name}) {message}",
        }
        self.events.appendleft(entry)

    def shown(self, moto: dict) -> dict:
        """The service as ECS answers it: what moto keeps, with what really goes on in place of its guesses."""
        deployments = []
        for number, one in enumerate(self.deployments):
            kept = (moto.get("deployments") or [{}])[0]
            state = "FAILED" if one.given_up else "COMPLETED" if one.completed else "IN_PROGRESS"
            deployments.append({
                "id": one.id, "status": "ACTIVE" if number else "PRIMARY", "taskDefinition": one.task_definition,
                "desiredCount": 0 if number else self.desired, "runningCount": self.count(True, one),
                "pendingCount": self.count(False, one), "failedTasks": one.failed, "createdAt": instant(one.created),
                "updatedAt": instant(one.created), "launchType": self.launch_type, "rolloutState": state,
                "rolloutStateReason": one.reason or f"ECS deployment {one.id} {state.lower().replace('_', ' ')}.",
                "networkConfiguration": kept.get("networkConfiguration") or {},
            })  # fmt: skip
        return moto | {
            "status": self.status, "desiredCount": self.desired, "runningCount": self.count(True),
            "pendingCount": self.count(False), "events": list(self.events),
            "taskDefinition": self.deployments[0].task_definition,
            "deploymentConfiguration": {"deploymentCircuitBreaker": self.breaker},
            "deployments": [] if self.status == "INACTIVE" else deployments,
        }  # fmt: skip


def stamp() -> str:
    """The time as WordPress' Apache writes it into its log."""
    return datetime.datetime.now(datetime.UTC).strftime("[%a %b %d %H:%M:%S.%f %Y]")
