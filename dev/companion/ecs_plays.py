"""What ECS answers of services, where moto answers something else. What their tasks do is the scheduler's."""

import json

from .ecs_answers import cluster, invalid, paged
from .front import plays
from .moto import AwsError
from .wire import error
from .workload import Service

_SERVICES_AT_ONCE = 10


def _known(world, call, name: str) -> Service | None:
    return world.scheduler.services.get((call.account, call.region, cluster(call), name.rpartition("/")[2]))


async def _in_moto(world, call, name: str) -> dict | None:
    try:
        found = await world.moto.call(
            call.account,
            call.region,
            "ecs",
            "DescribeServices",
            cluster=cluster(call),
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
    async with world.alone(call.account, call.region, "service", cluster(call), name):
        known = _known(world, call, name)
        if known is not None and known.status == "DRAINING":
            return invalid(call, "Unable to Start a service that is still Draining.")
        kept = known and known.status == "ACTIVE"
        if not kept and name and (existing := await _in_moto(world, call, name)):
            kept = known is None and existing["status"] == "ACTIVE"
            if kept:
                await world.scheduler.adopt(call.account, call.region, cluster(call), existing)
        if kept:
            return invalid(call, "Creation of service was not idempotent.")
        if await _deregistered(world, call, call.json.get("taskDefinition")):
            return error(call, "ClientException", "TaskDefinition is inactive")
        for balancer in call.json.get("loadBalancers") or []:
            if problem := await _unusable(world, call, balancer.get("targetGroupArn")):
                return invalid(call, problem)
        network = (call.json.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        if network is not None and "securityGroups" not in network:
            network["securityGroups"] = []
            call = call.replaced(body=json.dumps(call.json).encode())
        answer = await forward(call)
        if not answer.ok:
            return answer
        made = answer.json()
        found = await _in_moto(world, call, name) or made["service"]
        service = await world.scheduler.adopt(call.account, call.region, cluster(call), found)
        service.breaker |= _breaker(call)
        return answer.with_json({"service": service.shown(made["service"])})


def _breaker(call) -> dict:
    """The circuit breaker that the request sets, which moto forgets."""
    return (call.json.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}


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
    service.breaker |= _breaker(call)
    world.scheduler.scale(service, call.json.get("desiredCount"), wanted, bool(call.json.get("forceNewDeployment")))
    return answer.with_json({"service": service.shown(answer.json()["service"])})


@plays("ecs", "DeleteService")
async def delete_service(world, call, forward):
    """Moto's services are inactive at once; ECS's drain first, for as long as their tasks run."""
    service = _known(world, call, call.json.get("service", ""))
    if service is not None and service.status == "INACTIVE":
        return error(call, "ServiceNotFoundException", "Service not found.")
    answer = await forward(call)
    if not answer.ok or service is None:
        return answer
    force = call.json.get("force") is True
    if service.status == "ACTIVE" or force:
        world.scheduler.remove(service, force)
    return answer.with_json({"service": service.shown(answer.json()["service"])})


@plays("ecs", "DescribeServices")
async def describe_services(world, call, forward):
    """Moto takes any number of names (ECS ten), and guesses the counts."""
    if len(call.json.get("services") or []) > _SERVICES_AT_ONCE:
        return invalid(call, "Services cannot have more than 10 elements.")
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
    return paged(call, arns, "serviceArns", 10)
