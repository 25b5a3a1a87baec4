"""What ECS answers of task definitions, where moto answers something else."""

import json
import time

from .ecs_answers import paged
from .front import plays
from .moto import AwsError
from .workload import instant
from .world import World

_NOT_THERE = ("ClientException", "Unable to describe task definition.")


def _order(arn: str) -> tuple[str, int]:
    family, _, revision = arn.rpartition("/")[2].rpartition(":")
    return (family, int(revision))


async def revision(world: World, account: str, region: str, named: str) -> str:
    """The revision that is meant: a family's name means its newest active one. Raises AwsError where there is none."""
    if ":" in named.rpartition("/")[2]:
        return named
    family = named.rpartition("/")[2]
    found = await world.moto.call(account, region, "ecs", "ListTaskDefinitions", familyPrefix=family)
    if not found["taskDefinitionArns"]:
        raise AwsError(*_NOT_THERE)
    return max(found["taskDefinitionArns"], key=_order)


@plays("ecs", "RegisterTaskDefinition")
async def register_task_definition(world, call, forward):
    """Moto does not say when it was registered."""
    answer = await forward(call)
    if not answer.ok:
        return answer
    world.registered.setdefault(answer.json()["taskDefinition"]["taskDefinitionArn"], instant(time.time()))
    return _dated(world, answer)


@plays("ecs", "DescribeTaskDefinition")
async def describe_task_definition(world, call, forward):
    """For a family's name moto shows the newest revision even when it was deregistered, and never says when."""
    named = call.json.get("taskDefinition")
    if not named:
        return await forward(call)
    arn = await revision(world, call.account, call.region, named)
    answer = await forward(call.replaced(body=json.dumps(call.json | {"taskDefinition": arn}).encode()))
    return _dated(world, answer) if answer.ok else answer


@plays("ecs", "DeregisterTaskDefinition")
async def deregister_task_definition(world, call, forward):
    """Moto does not say when it was deregistered."""
    answer = await forward(call)
    if not answer.ok:
        return answer
    world.deregistered.setdefault(answer.json()["taskDefinition"]["taskDefinitionArn"], instant(time.time()))
    return _dated(world, answer)


def _dated(world, answer):
    """The answer with what is known of when the revision came and went."""
    value = answer.json()
    definition, dates = value["taskDefinition"], {}
    arn = definition["taskDefinitionArn"]
    if since := world.registered.get(arn):
        dates["registeredAt"] = since
    if definition["status"] != "ACTIVE" and (until := world.deregistered.get(arn)):
        dates["deregisteredAt"] = until
    return answer.with_json(value | {"taskDefinition": definition | dates})


@plays("ecs", "ListTaskDefinitions")
async def list_task_definitions(world, call, forward):
    """Moto ignores the order and the paging."""
    answer = await forward(call)
    if not answer.ok:
        return answer
    arns = sorted(answer.json()["taskDefinitionArns"], key=_order, reverse=call.json.get("sort") == "DESC")
    return paged(call, arns, "taskDefinitionArns", 100)
