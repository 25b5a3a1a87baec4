"""What happens inside a task before and when its containers run: secrets are pulled, the image, the file system, the
log; and the first words that WordPress writes. When tasks start and stop is the scheduler's."""

import dataclasses
import json
import time
from collections.abc import Sequence

from .moto import AwsError
from .obstacle import Obstacle
from .troubles import TASKS
from .workload import Place, Task, stamp
from .world import World

_PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
_ASM = "unable to retrieve secret from asm"
# How the family of the tasks that work on databases ends.
DATABASE_FAMILY = "-generic-db"


async def definition(world: World, service: Place, arn: str) -> dict:
    """The task definition; empty when it is gone."""
    try:
        found = await world.moto.call(
            service.account, service.region, "ecs", "DescribeTaskDefinition", taskDefinition=arn
        )
    except AwsError:
        return {}
    return found["taskDefinition"]


async def secret(world: World, service: Place, source: str) -> str:
    """The value that a container's `valueFrom` names: a whole secret, or one key of its JSON
    (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME:KEY:STAGE:VERSION). Raises AwsError, or KeyError for a key
    that is not there."""
    parts = source.split(":")
    region, account = (parts[3], parts[4]) if len(parts) > 4 else (service.region, service.account)
    name = ":".join(parts[:7]) if source.startswith("arn:") else source
    value = (await world.moto.call(account, region, "secretsmanager", "GetSecretValue", SecretId=name))["SecretString"]
    key = parts[7] if len(parts) > 7 else ""
    if not key:
        return value
    try:
        return str(json.loads(value)[key])
    except (ValueError, TypeError) as error:
        raise KeyError(key) from error


async def obstacle(world: World, service: Place, task_definition: dict, fault) -> Obstacle | None:
    """The first thing that keeps the task from running, by fault or because something really is not there."""
    described = task_definition.get("containerDefinitions") or []
    if not described:
        return Obstacle("ResourceInitializationError: the task definition is not there")
    if trouble := fault("task-trouble", service):
        obstacle = TASKS[trouble.settings["why"]]
        return dataclasses.replace(obstacle, reason=trouble.settings.get("reason", obstacle.reason))
    image = described[0].get("image", "")
    if fault("image-pull-fails", service):
        tried = "pull image manifest has been retried 1 time(s): failed to resolve ref"
        reason = f"CannotPullContainerError: {tried} {image}: not found"
        return Obstacle(reason, container=reason)
    if fault("secret-missing-at-start", service) or (
        task_definition["family"].endswith(DATABASE_FAMILY) and fault("db-task-resource-init", service)
    ):
        return Obstacle(
            f"{_PULL}{_ASM}: service call has been retried 1 time(s): failed to fetch secret from secrets manager: "
            "ResourceNotFoundException: Secrets Manager can't find the specified secret."
        )
    for container in described:
        for wanted in container.get("secrets") or []:
            if problem := await _unreadable(world, service, wanted.get("valueFrom", "")):
                return Obstacle(_PULL + problem)
    return (
        await _no_volume(world, service, task_definition)
        or await _no_log_group(world, service, described)
        or _ends_at_once(service, fault)
    )


async def _unreadable(world: World, service: Place, source: str) -> str | None:
    if ":ssm:" in source or ":parameter/" in source:
        return None
    try:
        await secret(world, service, source)
    except KeyError as error:
        return f"{_ASM}: retrieved secret from Secrets Manager did not contain json key {error.args[0]}"
    except AwsError as error:
        return (
            f"{_ASM}: service call has been retried 1 time(s): failed to fetch secret {source} from secrets manager: "
            f"{error}"
        )
    return None


async def _no_volume(world: World, service: Place, task_definition: dict) -> Obstacle | None:
    for volume in task_definition.get("volumes") or []:
        efs = volume.get("efsVolumeConfiguration") or {}
        point = (efs.get("authorizationConfig") or {}).get("accessPointId")
        if point is None:
            continue
        try:
            await world.moto.call(service.account, service.region, "efs", "DescribeAccessPoints", AccessPointId=point)
        except AwsError:
            return Obstacle(
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
                f"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command "
                f"execution; code: 32; access point {point}"
            )
    return None


def _log_options(container: dict) -> dict | None:
    """The awslogs options of a container; None when it logs elsewhere."""
    configured = container.get("logConfiguration") or {}
    options = configured.get("options") or {}
    return options if configured.get("logDriver") == "awslogs" and options.get("awslogs-group") else None


async def _no_log_group(world: World, service: Place, described: list[dict]) -> Obstacle | None:
    for container in described:
        options = _log_options(container)
        if options is None or options.get("awslogs-create-group") == "true":
            continue
        group, region = options["awslogs-group"], options.get("awslogs-region", service.region)
        found = await world.moto.call(service.account, region, "logs", "DescribeLogGroups", logGroupNamePrefix=group)
        if all(one["logGroupName"] != group for one in found.get("logGroups", [])):
            return Obstacle(
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
                "exist. : exit status 1"
            )
    return None


def _ends_at_once(service: Place, fault) -> Obstacle | None:
    if fault("task-fails-to-start", service):
        return Obstacle("Essential container in task exited", "EssentialContainerExited", exit_code=1)
    return None


async def first_words(world: World, service: Place, task: Task) -> None:
    """Writes what the official WordPress image writes at its start into the container's log stream."""
    lines = (
        "WordPress not found in /var/www/html - copying now...",
        "Complete! WordPress has been successfully copied to /var/www/html",
        f"{stamp()} [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4 configured -- resuming normal operations",
        f"{stamp()} [core:notice] [pid 1] AH00094: Command line: 'apache2 -D FOREGROUND'",
    )
    await write(world, service, task, lines)


async def write(world: World, service: Place, task: Task, lines: Sequence[str]) -> None:
    """Writes lines into the log stream of each of the task's containers."""
    for container in task.definition.get("containerDefinitions") or []:
        options = _log_options(container)
        if options is None:
            continue
        prefix = options.get("awslogs-stream-prefix")
        stream = f"{prefix}/{container['name']}/{task.id}" if prefix else task.id
        where = {"logGroupName": options["awslogs-group"], "logStreamName": stream}
        region = options.get("awslogs-region", service.region)
        now = int(time.time() * 1000)
        events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
        try:
            if options.get("awslogs-create-group") == "true":
                await _quietly(world, service, region, "CreateLogGroup", logGroupName=options["awslogs-group"])
            await world.moto.call(service.account, region, "logs", "CreateLogStream", **where)
            await world.moto.call(service.account, region, "logs", "PutLogEvents", logEvents=events, **where)
        except AwsError:
            # The group was deleted under the running task; ECS loses the lines too.
            continue


async def _quietly(world: World, service: Place, region: str, operation: str, /, **params) -> None:
    try:
        await world.moto.call(service.account, region, "logs", operation, **params)
    except AwsError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise
