"""What ECS answers of tasks, where moto answers something else. What tasks do is the scheduler's and the runner's."""

import json
import re

from .ecs_answers import cluster, invalid, paged
from .ecs_definitions_plays import revision
from .front import plays
from .moto import AwsError
from .wire import error, json_answer
from .workload import Place, Task

_TASKS_AT_ONCE = 100
_STARTED_AT_ONCE = 10


def _here(world, call) -> list[Task]:
    """All tasks of the cluster that the request means."""
    services = world.scheduler.services.values()
    tasks = [*(task for one in services for task in one.tasks.values()), *world.runner.tasks.values()]
    where = (call.account, call.region, cluster(call))
    return [task for task in tasks if (task.service.account, task.service.region, task.service.cluster) == where]


def _find(world, call, named: str) -> Task | None:
    wanted = named.rpartition("/")[2]
    return next((task for task in _here(world, call) if task.id == wanted), None)


@plays("ecs", "ListTasks")
async def list_tasks(world, call, forward):
    """Moto knows no tasks of services, and takes filters together that ECS does not."""
    asked = call.json
    status = asked.get("desiredStatus", "RUNNING")
    service = asked.get("serviceName", "").rpartition("/")[2]
    if "startedBy" in asked and {"serviceName", "family", "containerInstance"} & set(asked):
        return invalid(call, "startedBy cannot be combined with another filter.")
    if service and (call.account, call.region, cluster(call), service) not in world.scheduler.services:
        return error(call, "ServiceNotFoundException", "Service not found.")
    arns = []
    for task in _here(world, call):
        family = task.deployment.task_definition.rpartition("/")[2].partition(":")[0]
        wanted = (
            asked.get("family", family) == family
            and asked.get("startedBy", task.deployment.id) == task.deployment.id
            and (not service or task.group is None and task.service.name == service)
        )
        if task.desired == status and wanted:
            arns.append(task.arn)
    if not service:
        answer = await forward(call.replaced(body=json.dumps(asked | {"desiredStatus": status}).encode()))
        if not answer.ok:
            return answer
        arns += answer.json()["taskArns"]
    return paged(call, arns, "taskArns", 100)


@plays("ecs", "DescribeTasks")
async def describe_tasks(world, call, forward):
    """Tasks are ours, all but those of StartTask, and moto leaves out those that it does not find."""
    asked = call.json.get("tasks") or []
    if len(asked) > _TASKS_AT_ONCE:
        return invalid(call, "Tasks cannot have more than 100 elements.")
    ours = {name: task for name in asked if (task := _find(world, call, name))}
    rest = [name for name in asked if name not in ours]
    theirs: dict = {"tasks": [], "failures": []}
    if rest or not asked:
        answer = await forward(call.replaced(body=json.dumps(call.json | {"tasks": rest}).encode()))
        if not answer.ok:
            return answer
        theirs = answer.json()
    found = {task["taskArn"].rpartition("/")[2] for task in theirs["tasks"]}
    prefix = f"arn:aws:ecs:{call.region}:{call.account}:task/{cluster(call)}/"
    missing = [
        {"arn": name if name.startswith("arn:") else prefix + name, "reason": "MISSING"}
        for name in rest if name.rpartition("/")[2] not in found
    ]  # fmt: skip
    tasks = [task.shown() for task in ours.values()] + theirs["tasks"]
    return json_answer(call, {"tasks": tasks, "failures": theirs.get("failures", []) + missing})


@plays("ecs", "StopTask")
async def stop_task(world, call, forward):
    """A task of a service ends, and the service starts another; a task alone just ends."""
    task = _find(world, call, call.json.get("task", ""))
    if task is None:
        return await forward(call)
    alone = task.id in world.runner.tasks
    (world.runner if alone else world.scheduler).stop(task, call.json.get("reason", ""))
    return json_answer(call, {"task": task.shown()})


@plays("ecs", "RunTask")
async def run_task(world, call, forward):
    """Moto's tasks do nothing, go on only when they are looked at, always end well, and there are as many as requests,
    whatever the client token says."""
    asked = dict(call.json)
    token = asked.pop("clientToken", None) or object()
    async with world.alone(call.account, call.region, "tasks", cluster(call), token):
        key = (call.account, call.region, cluster(call), token)
        if known := world.runner.started(key):
            before, tasks = known
            if before != asked:
                message = "The clientToken was used with other parameters before."
                return error(call, "ConflictException", message, resourceIds=[task.arn for task in tasks])
            return _answer(call, tasks)
        clusters = await world.moto.call(
            call.account, call.region, "ecs", "DescribeClusters", clusters=[cluster(call)]
        )
        if not clusters["clusters"]:
            return error(call, "ClusterNotFoundException", "Cluster not found.")
        try:
            described = await world.moto.call(
                call.account, call.region, "ecs", "DescribeTaskDefinition", include=["TAGS"],
                taskDefinition=await revision(world, call.account, call.region, asked.get("taskDefinition", "")),
            )  # fmt: skip
        except AwsError:
            return invalid(call, "TaskDefinition not found.")
        definition = described["taskDefinition"]
        if problem := _refusal(asked, definition):
            return invalid(call, problem)
        network = (asked.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        inherited = described.get("tags") or [] if asked.get("propagateTags") == "TASK_DEFINITION" else []
        place = Place(
            account=call.account, region=call.region, cluster=cluster(call), name=_whom(asked),
            subnets=network.get("subnets") or [], launch_type=asked.get("launchType") or "FARGATE",
            tags=[*inherited, *(asked.get("tags") or [])],
        )  # fmt: skip
        return _answer(call, world.runner.start(key, asked, place, definition))


def _answer(call, tasks: list[Task]):
    return json_answer(call, {"tasks": [task.shown() for task in tasks], "failures": []})


def _refusal(asked: dict, definition: dict) -> str | None:
    """What ECS has against starting that; None when nothing."""
    if definition["status"] != "ACTIVE":
        return "TaskDefinition is inactive"
    if definition.get("networkMode") == "awsvpc" and not asked.get("networkConfiguration"):
        return "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    if not 1 <= int(asked.get("count") or 1) <= _STARTED_AT_ONCE:
        return "Task count must be between 1 and 10."
    if not re.fullmatch(r"[\w/-]{0,128}", asked.get("startedBy") or "", re.ASCII):
        return "startedBy may have 128 letters, numbers, hyphens, slashes and underscores."
    names = {container["name"] for container in definition["containerDefinitions"]}
    for one in (asked.get("overrides") or {}).get("containerOverrides") or []:
        if one.get("name") not in names:
            return f"Override for container named {one.get('name')} is not a container in the TaskDefinition."
    return None


def _whom(asked: dict) -> str:
    """The tenant that the task serves, for faults: as its overrides name it, or its database or user."""
    given = {
        entry["name"]: entry["value"]
        for one in (asked.get("overrides") or {}).get("containerOverrides") or []
        for entry in one.get("environment") or []
    }
    return next((given[name] for name in ("TENANT_ID", "DB_NAME", "DB_USER") if given.get(name)), "")
