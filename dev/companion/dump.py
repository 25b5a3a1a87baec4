"""Everything that the emulator and the database servers hold and that could be a tenant's, as one document that is the
same as long as nothing is done. Nothing is changed here."""

import asyncio
import datetime
import hashlib
import json
import re

from . import belongs, dump_databases
from .config import Environment
from .moto import AwsError
from .reset import PLATFORM
from .route53_plays import records
from .world import World

_AT_ONCE = 10
_TASK = re.compile(r"[0-9a-f]{32}$")
_TAGS_AT_ONCE = 20


async def dump(world: World, only: str | None, without: str | None, subdomain: str | None) -> dict:
    """The document: environments, kinds, entries. `only` leaves nothing but what is exactly that tenant's,
    `without` leaves that out. Raises OperationalError where a database server does not answer: half a dump would prove
    nothing."""
    environments = world.config.environments
    found = await asyncio.gather(*(_Look(world, one).all() for one in environments.values()))
    document = dict(zip(environments, found, strict=True))
    if name := only or without:
        for environment, kinds in zip(environments.values(), found, strict=True):
            tenant = belongs.tenant(name, environment, kinds["listener rules"], subdomain)
            for kind, entries in kinds.items():
                kinds[kind] = [entry for entry in entries if tenant.owns(kind, entry) == bool(only)]
    return document


def _tags(given: list[dict] | None) -> dict[str, str]:
    """Tags as AWS's services write them, each in its own way."""
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in given or []}


def text(value: object) -> str:
    """A part of the document as JSON, always in the same order."""
    return json.dumps(value, sort_keys=True, default=_time)


def _time(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    raise TypeError(f"{value!r} cannot be dumped")


class _Look:
    """A look at one environment."""

    def __init__(self, world: World, environment: Environment) -> None:
        self._world, self._environment = world, environment
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def all(self) -> dict[str, list[dict]]:
        """Every kind with its entries, in an order of their own."""
        looks = {
            "services": self._services(), "listener rules": self._rules(), "target groups": self._groups(),
            "records": self._records(), "task definitions": self._definitions(), "access points": self._points(),
            "secrets": self._secrets(), "log groups": self._logs(), "backups": self._backups(),
            "databases": asyncio.to_thread(dump_databases.databases, self._environment),
            "database users": asyncio.to_thread(dump_databases.users, self._environment),
        }  # fmt: skip
        found = dict(zip(looks, await asyncio.gather(*looks.values()), strict=True))
        return {kind: sorted(entries, key=text) for kind, entries in found.items()}

    async def _call(self, service: str, operation: str, /, **params) -> dict:
        where = (self._environment.account, self._environment.region)
        async with self._few:
            return await self._world.moto.call(*where, service, operation, **params)

    def _all(self, service: str, operation: str, items: str, /, **params):
        where = (self._environment.account, self._environment.region)
        return self._world.moto.pages(*where, service, operation, items, **params)

    async def _services(self) -> list[dict]:
        found = []
        for cluster in await self._all("ecs", "ListClusters", "clusterArns"):
            arns = await self._all("ecs", "ListServices", "serviceArns", cluster=cluster)
            asked = {"cluster": cluster, "services": arns, "include": ["TAGS"]}
            for one in (await self._call("ecs", "DescribeServices", **asked))["services"] if arns else []:
                where = (self._environment.account, self._environment.region, cluster.rpartition("/")[2])
                service = self._world.scheduler.services.get((*where, one["serviceName"]))
                if service is None or service.status == "INACTIVE":
                    continue
                kept = ("launchType", "loadBalancers", "networkConfiguration", "schedulingStrategy")
                found.append({key: one.get(key) for key in kept} | {
                    "name": service.name, "arn": service.arn, "status": service.status, "desired": service.desired,
                    "task definition": service.deployments[0].task_definition, "tags": _tags(one.get("tags")),
                })  # fmt: skip
        return found

    async def _elb_tags(self, arns: list[str]) -> dict[str, dict]:
        found = {}
        for start in range(0, len(arns), _TAGS_AT_ONCE):
            answer = await self._call("elbv2", "DescribeTags", ResourceArns=arns[start : start + _TAGS_AT_ONCE])
            found |= {one["ResourceArn"]: _tags(one["Tags"]) for one in answer["TagDescriptions"]}
        return found

    async def _rules(self) -> list[dict]:
        found = []
        for balancer in await self._all("elbv2", "DescribeLoadBalancers", "LoadBalancers"):
            arn = balancer["LoadBalancerArn"]
            for listener in await self._all("elbv2", "DescribeListeners", "Listeners", LoadBalancerArn=arn):
                rules = await self._all("elbv2", "DescribeRules", "Rules", ListenerArn=listener["ListenerArn"])
                tags = await self._elb_tags([rule["RuleArn"] for rule in rules])
                found += [
                    {"arn": rule["RuleArn"], "load balancer": balancer["LoadBalancerName"],
                     "port": listener["Port"], "priority": rule["Priority"], "conditions": rule["Conditions"],
                     "actions": rule["Actions"], "tags": tags.get(rule["RuleArn"], {})}
                    for rule in rules
                ]  # fmt: skip
        return found

    async def _groups(self) -> list[dict]:
        groups = await self._all("elbv2", "DescribeTargetGroups", "TargetGroups")
        tags = await self._elb_tags([group["TargetGroupArn"] for group in groups])

        async def one(group: dict) -> dict:
            arn = group["TargetGroupArn"]
            health = await self._call("elbv2", "DescribeTargetHealth", TargetGroupArn=arn)
            targets = sorted((target["Target"] for target in health["TargetHealthDescriptions"]), key=text)
            return {"name": group["TargetGroupName"], "settings": group, "targets": targets, "tags": tags.get(arn, {})}

        return await asyncio.gather(*(one(group) for group in groups))

    async def _records(self) -> list[dict]:
        found = []
        for zone in (await self._call("route53", "ListHostedZones"))["HostedZones"]:
            for one in await records(self._world, self._environment.account, zone["Id"].rpartition("/")[2]):
                found.append({"zone": zone["Id"], "name": one["Name"].rstrip(".").lower(), "record": one})
        return found

    async def _definitions(self) -> list[dict]:
        async def one(arn: str) -> dict:
            answer = await self._call("ecs", "DescribeTaskDefinition", taskDefinition=arn, include=["TAGS"])
            body = answer["taskDefinition"]
            return {"family": body["family"], "arn": arn, "body": body, "tags": _tags(answer.get("tags"))}

        arns = await self._all("ecs", "ListTaskDefinitions", "taskDefinitionArns")
        return await asyncio.gather(*(one(arn) for arn in arns))

    async def _points(self) -> list[dict]:
        return [
            {"id": point["AccessPointId"], "file system": point["FileSystemId"], "user": point.get("PosixUser"),
             "path": (point.get("RootDirectory") or {}).get("Path"), "root": point.get("RootDirectory"),
             "token": point.get("ClientToken"), "tags": _tags(point.get("Tags"))}
            for point in await self._all("efs", "DescribeAccessPoints", "AccessPoints")
        ]  # fmt: skip

    async def _secrets(self) -> list[dict]:
        async def version(arn: str, number: str) -> str | None:
            try:
                answer = await self._call("secretsmanager", "GetSecretValue", SecretId=arn, VersionId=number)
            except AwsError:
                # Nobody may read one that is to be deleted.
                return None
            value = answer.get("SecretBinary") or answer.get("SecretString", "").encode()
            return hashlib.sha256(value).hexdigest()

        async def one(secret: dict) -> dict:
            stages = secret.get("SecretVersionsToStages") or {}
            values = await asyncio.gather(*(version(secret["ARN"], number) for number in stages))
            return {
                "name": secret["Name"], "arn": secret["ARN"], "description": secret.get("Description"),
                "deleted": secret.get("DeletedDate"), "tags": _tags(secret.get("Tags")),
                "versions": {
                    number: {"stages": sorted(stages[number]), "sha256": value}
                    for number, value in zip(stages, values, strict=True)
                },
            }  # fmt: skip

        found = await self._all("secretsmanager", "ListSecrets", "SecretList", IncludePlannedDeletion=True)
        return await asyncio.gather(*(one(secret) for secret in found))

    async def _logs(self) -> list[dict]:
        platform = {f"/ecs/{self._environment.name}-{family}" for family in PLATFORM}

        async def one(group: dict) -> dict:
            name = group["logGroupName"]
            streams = await self._all("logs", "DescribeLogStreams", "logStreams", logGroupName=name)
            tags = await self._call("logs", "ListTagsLogGroup", logGroupName=name)
            return {
                "name": name, "created": group.get("creationTime"), "retention": group.get("retentionInDays"),
                # Those of the platform's own tasks come with every task, whomever it serves.
                "streams": None if name in platform else _numbered(streams), "tags": tags.get("tags") or {},
            }  # fmt: skip

        groups = await self._all("logs", "DescribeLogGroups", "logGroups")
        return await asyncio.gather(*(one(group) for group in groups))

    async def _backups(self) -> list[dict]:
        bucket, found, more = f"{self._environment.name}-tenant-backups", [], {}
        while True:
            page = await self._call("s3", "ListObjectsV2", Bucket=bucket, **more)
            for one in page.get("Contents") or []:
                found.append({"key": one["Key"], "size": one["Size"], "etag": one["ETag"]})
            if not page.get("NextContinuationToken"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}


def _numbered(streams: list[dict]) -> list[str]:
    """The names of log streams, with a number in place of the task's id: that of its turn under the same prefix."""
    turns: dict[str, int] = {}
    names = []
    for stream in sorted(streams, key=lambda one: (one.get("creationTime", 0), one["logStreamName"])):
        name = stream["logStreamName"]
        if found := _TASK.search(name):
            prefix = name[: found.start()]
            turns[prefix] = turns.get(prefix, 0) + 1
            name = f"{prefix}task-{turns[prefix]}"
        names.append(name)
    return sorted(names)
