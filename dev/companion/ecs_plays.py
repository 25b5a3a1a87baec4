"""What ECS answers, where moto answers something else. What tasks do is the scheduler's."""

import json

from .front import plays
from .moto import AwsError
from .paging import BadMarker, page
from .wire import Answer, error, json_answer
from .workload import Service

_SERVICES_AT_ONCE = 10
_TASKS_AT_ONCE = 100


def _cluster(call) -> str:
    return call.json.get("cluster", "default").rpartition("/")[2]


def _known(world, call, name: str) -> Service | None:
    return world.scheduler.services.get((call.account, call.region, _cluster(call), name.rpartition("/")[2]))


def _invalid(call, message: str) -> Answer:
    return error(call, "InvalidParameterException", message)


def _paged(call, items: list, key: str, default: int) -> Answer:
    try:
        size = int(call.json.get("maxResults") or default)
        if not 1 <= size <= 100:
            return _invalid(call, "maxResults must be between 1 and 100.")
        found, following = page(items, size, call.json.get("nextToken"))
    except BadMarker:
        return _invalid(call, "Invalid token")
    return json_answer(call, {key: found} | ({"nextToken": following} if following else {}))


async def _in_moto(world, call, name: str) -> dict | None:
    try:
        found = await world.moto.call(
            call.account,
            call.region,
            "ecs",
            "DescribeServices",
            cluster=_cluster(call),
            services=[name],
            include=["TAGS"],
        )
    except AwsError:
        return None
    return next(iter(found["services"]), None)


@plays("ecs", "CreateService")
async def create_service(world, call, forward):
    """Moto overwrites a service of the same name, accepts any target group and any task definition, and fails on
    awsvpc without security groups; ECS refuses the first three and takes the VPC's own group for the last. Moto starts
    no tasks either."""
    name = call.json.get("serviceName", "")
    async with world.alone(call.account, call.region, "service", _cluster(call), name):
        known = _known(world, call, name)
        if known is not None and known.status == "DRAINING":
            return _invalid(call, "Unable to Start a service that is still Draining.")
        kept = known and known.status == "ACTIVE"
        if not kept and name and (existing := await _in_moto(world, call, name)):
            kept = known is None and existing["status"] == "ACTIVE"
            if kept:
                await world.scheduler.adopt(call.account, call.region, _cluster(call), existing)
        if kept:
            return _invalid(call, "Creation of service was not idempotent.")
        if await _deregistered(world, call, call.json.get("taskDefinition")):
            return error(call, "ClientException", "TaskDefinition is inactive")
        for balancer in call.json.get("loadBalancers") or []:
            if problem := await _unusable(world, call, balancer.get("targetGroupArn")):
                return _invalid(call, problem)
        network = (call.json.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        if network is not None and "securityGroups" not in network:
            network["securityGroups"] = []
            call = call.replaced(body=json.dumps(call.json).encode())
        answer = await forward(call)
        if not answer.ok:
            return answer
        made = answer.json()
        found = await _in_moto(world, call, name) or made["service"]
        service = await world.scheduler.adopt(call.account, call.region, _cluster(call), found)
        return answer.with_json({"service": service.shown(made["service"])})


async def _deregistered(world, call, named: str | None) -> bool:
    """Whether that task definition is inactive; one that does not exist is moto's to refuse."""
    if not named:
        return False
    try:
        found = await world.moto.call(call.account, call.region, "ecs", "DescribeTaskDefinition", taskDefinition=named)
    except AwsError:
        return False
    return found["taskDefinition"]["status"] != "ACTIVE"


async def _unusable(world, call, group: str | None) -> str | None:
    """ECS wants the target group to be there and behind a load balancer before it starts a service on it."""
    if not group:
        return None
    try:
        found = await world.moto.call(
            call.account, call.region, "elbv2", "DescribeTargetGroups", TargetGroupArns=[group]
        )
    except AwsError:
        return f"The specified target group does not exist: {group}"
    if not found["TargetGroups"][0].get("LoadBalancerArns"):
        return f"The target group with targetGroupArn {group} does not have an associated load balancer."
    return None


@plays("ecs", "UpdateService")
async def update_service(world, call, forward):
    """Moto changes the running count at once, keeps the task definition as it was written, takes one that was
    deregistered, and updates even what is no longer active."""
    service = _known(world, call, call.json.get("service", ""))
    if service is not None and service.status != "ACTIVE":
        return error(call, "ServiceNotActiveException", "Service was not ACTIVE.")
    wanted = call.json.get("taskDefinition")
    if wanted:
        if await _deregistered(world, call, wanted):
            return error(call, "ClientException", "TaskDefinition is inactive")
        described = await world.moto.call(
            call.account, call.region, "ecs", "DescribeTaskDefinition", taskDefinition=wanted
        )
        wanted = described["taskDefinition"]["taskDefinitionArn"]
    answer = await forward(call)
    if not answer.ok or service is None:
        return answer
    world.scheduler.scale(service, call.json.get("desiredCount"), wanted, bool(call.json.get("forceNewDeployment")))
    return answer.with_json({"service": service.shown(answer.json()["service"])})


@plays("ecs", "DeleteService")
async def delete_service(world, call, forward):
    """Moto's services are inactive at once; ECS's drain first."""
    service = _known(world, call, call.json.get("service", ""))
    if service is not None and service.status == "INACTIVE":
        return error(call, "ServiceNotFoundException", "Service not found.")
    answer = await forward(call)
    if not answer.ok or service is None:
        return answer
    if service.status == "ACTIVE":
        world.scheduler.remove(service)
    return answer.with_json({"service": service.shown(answer.json()["service"])})


@plays("ecs", "DescribeServices")
async def describe_services(world, call, forward):
    """Moto takes any number of names (ECS ten), and guesses the counts."""
    if len(call.json.get("services") or []) > _SERVICES_AT_ONCE:
        return _invalid(call, "Services cannot have more than 10 elements.")
    answer = await forward(call)
    if not answer.ok:
        return answer
    value = answer.json()
    shown, gone = [], []
    for one in value.get("services", []):
        service = _known(world, call, one["serviceName"])
        if service is not None:
            shown.append(service.shown(one))
        elif one["status"] == "INACTIVE":
            # ECS forgets inactive services after a while; moto never does.
            gone.append({"arn": one["serviceArn"], "reason": "MISSING"})
        else:
            shown.append(one)
    return answer.with_json(value | {"services": shown, "failures": value.get("failures", []) + gone})


@plays("ecs", "ListServices")
async def list_services(world, call, forward):
    """Moto answers all at once, inactive ones too; ECS pages by ten and lists what is active or draining."""
    answer = await forward(call)
    if not answer.ok:
        return answer
    arns = []
    for arn in answer.json()["serviceArns"]:
        service = _known(world, call, arn)
        if service is not None and service.status != "INACTIVE":
            arns.append(arn)
    return _paged(call, arns, "serviceArns", 10)


@plays("ecs", "ListTasks")
async def list_tasks(world, call, forward):
    """Moto knows no tasks of services."""
    asked = call.json
    status = asked.get("desiredStatus", "RUNNING")
    arns = []
    for service in world.scheduler.services.values():
        if (service.account, service.region, service.cluster) != (call.account, call.region, _cluster(call)):
            continue
        if "serviceName" in asked and asked["serviceName"].rpartition("/")[2] != service.name:
            continue
        for task in service.tasks.values():
            family = task.deployment.task_definition.rpartition("/")[2].partition(":")[0]
            started_by = task.deployment.id
            wanted = (asked.get("family", family), asked.get("startedBy", started_by))
            if task.desired == status and wanted == (family, started_by):
                arns.append(task.arn)
    if "serviceName" in asked:
        if _known(world, call, asked["serviceName"]) is None:
            return error(call, "ServiceNotFoundException", "Service not found.")
    else:
        answer = await forward(call.replaced(body=json.dumps(asked | {"desiredStatus": status}).encode()))
        if not answer.ok:
            return answer
        arns += answer.json()["taskArns"]
    return _paged(call, arns, "taskArns", 100)


def _task(world, call, named: str):
    wanted = named.rpartition("/")[2]
    for service in world.scheduler.services.values():
        here = (service.account, service.region, service.cluster) == (call.account, call.region, _cluster(call))
        if here and wanted in service.tasks:
            return service.tasks[wanted]
    return None


@plays("ecs", "DescribeTasks")
async def describe_tasks(world, call, forward):
    """Tasks of services are ours, the others moto's, which leaves out those that it does not find."""
    asked = call.json.get("tasks") or []
    if len(asked) > _TASKS_AT_ONCE:
        return _invalid(call, "Tasks cannot have more than 100 elements.")
    ours = {name: task for name in asked if (task := _task(world, call, name))}
    rest = [name for name in asked if name not in ours]
    theirs: dict = {"tasks": [], "failures": []}
    if rest or not asked:
        answer = await forward(call.replaced(body=json.dumps(call.json | {"tasks": rest}).encode()))
        if not answer.ok:
            return answer
        theirs = answer.json()
    found = {task["taskArn"].rpartition("/")[2] for task in theirs["tasks"]}
    prefix = f"arn:aws:ecs:{call.region}:{call.account}:task/{_cluster(call)}/"
    missing = [
        {"arn": name if name.startswith("arn:") else prefix + name, "reason": "MISSING"}
        for name in rest if name.rpartition("/")[2] not in found
    ]  # fmt: skip
    tasks = [task.shown() for task in ours.values()] + theirs["tasks"]
    return json_answer(call, {"tasks": tasks, "failures": theirs.get("failures", []) + missing})


@plays("ecs", "StopTask")
async def stop_task(world, call, forward):
    """A task of a service ends, and the service starts another."""
    task = _task(world, call, call.json.get("task", ""))
    if task is None:
        return await forward(call)
    world.scheduler.stop(task, call.json.get("reason", ""))
    return json_answer(call, {"task": task.shown()})


@plays("ecs", "ListTaskDefinitions")
async def list_task_definitions(world, call, forward):
    """Moto ignores the order and the paging."""
    answer = await forward(call)
    if not answer.ok:
        return answer

    def order(arn: str) -> tuple[str, int]:
        family, _, revision = arn.rpartition("/")[2].rpartition(":")
        return (family, int(revision))

    arns = sorted(answer.json()["taskDefinitionArns"], key=order, reverse=call.json.get("sort") == "DESC")
    return _paged(call, arns, "taskDefinitionArns", 100)
