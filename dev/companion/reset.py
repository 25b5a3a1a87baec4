"""Taking over what the emulator holds when the companion starts, and emptying the three accounts of tenants. What
belongs to no tenant stays: networks, load balancers, file systems, zones, roles, senders, and the platform's tasks."""

import asyncio
import contextlib

import pymysql

from .config import Environment
from .databases import SYSTEM_DATABASES, connect, quoted
from .moto import AwsError
from .route53_plays import records
from .world import World

_AT_ONCE = 10
# Families of the platform's own task definitions, after the environment's name.
PLATFORM = ("tenant-backup", "generic-db")


async def resync(world: World) -> int:
    """Starts anew from what the emulator holds: every active service gets its tasks. Answers how many."""
    world.scheduler.forget()
    world.runner.forget()
    world.exports.clear()
    world.moto.forget()
    for environment in world.config.environments.values():
        for what in ("rules", "records"):
            world.changed(environment.account, what)
    counts = await asyncio.gather(*(_resync(world, one) for one in world.config.environments.values()))
    return sum(counts)


async def _resync(world: World, environment: Environment) -> int:
    where = (environment.account, environment.region)
    clusters = (await world.moto.call(*where, "ecs", "ListClusters"))["clusterArns"]
    count = 0
    for cluster in clusters:
        arns = await world.moto.pages(*where, "ecs", "ListServices", "serviceArns", cluster=cluster)
        if not arns:
            continue
        found = await world.moto.call(
            *where, "ecs", "DescribeServices", cluster=cluster, services=arns, include=["TAGS"]
        )
        for service in found["services"]:
            if service["status"] != "ACTIVE":
                continue
            # Targets of tasks that ended with the companion before this one.
            for group in service.get("loadBalancers") or []:
                with contextlib.suppress(AwsError):
                    await _empty(world, where, group["targetGroupArn"])
            await world.scheduler.adopt(*where, cluster.rpartition("/")[2], service)
            count += 1
    return count


async def _empty(world: World, where: tuple, group: str) -> None:
    health = await world.moto.call(*where, "elbv2", "DescribeTargetHealth", TargetGroupArn=group)
    targets = [one["Target"] for one in health["TargetHealthDescriptions"]]
    if targets:
        await world.moto.call(*where, "elbv2", "DeregisterTargets", TargetGroupArn=group, Targets=targets)


async def reset(world: World) -> dict[str, int]:
    """Removes every tenant's resources in all accounts and databases, and switches all faults off. Credentials stay
    good. Answers how many of each kind went."""
    world.faults.switch_off()
    world.scheduler.forget()
    world.runner.forget()
    world.exports.clear()
    world.metrics.clear()
    gone: dict[str, int] = {}
    await asyncio.gather(*(_Sweep(world, one, gone).run() for one in world.config.environments.values()))
    return gone


class _Sweep:
    """The emptying of one environment."""

    def __init__(self, world: World, environment: Environment, gone: dict[str, int]) -> None:
        self._world, self._environment, self._gone = world, environment, gone
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        # Rules before target groups, the only order that anything insists on.
        await asyncio.gather(self._services(), self._rules())
        parts = (
            self._target_groups,
            self._records,
            self._definitions,
            self._points,
            self._secrets,
            self._logs,
            self._backups,
        )
        await asyncio.gather(*(part() for part in parts), asyncio.to_thread(self._databases))
        for what in ("rules", "records"):
            self._world.changed(self._environment.account, what)

    def _call(self, service: str, operation: str, /, **params):
        return self._world.moto.call(self._environment.account, self._environment.region, service, operation, **params)

    def _all(self, service: str, operation: str, items: str, /, **params):
        return self._world.moto.pages(
            self._environment.account, self._environment.region, service, operation, items, **params
        )

    async def _each(self, kind: str, service: str, operation: str, every: list[dict]) -> None:
        async def one(params: dict) -> None:
            async with self._few:
                await self._call(service, operation, **params)

        await asyncio.gather(*(one(params) for params in every))
        if every:
            self._gone[kind] = self._gone.get(kind, 0) + len(every)

    async def _services(self) -> None:
        for cluster in (await self._call("ecs", "ListClusters"))["clusterArns"]:
            arns = await self._all("ecs", "ListServices", "serviceArns", cluster=cluster)
            if not arns:
                continue
            found = await self._call("ecs", "DescribeServices", cluster=cluster, services=arns)
            active = [one["serviceName"] for one in found["services"] if one["status"] == "ACTIVE"]
            every = [{"cluster": cluster, "service": name, "force": True} for name in active]
            await self._each("service", "ecs", "DeleteService", every)

    async def _rules(self) -> None:
        for balancer in await self._all("elbv2", "DescribeLoadBalancers", "LoadBalancers"):
            listeners = await self._call("elbv2", "DescribeListeners", LoadBalancerArn=balancer["LoadBalancerArn"])
            for listener in listeners["Listeners"]:
                rules = await self._all("elbv2", "DescribeRules", "Rules", ListenerArn=listener["ListenerArn"])
                every = [{"RuleArn": rule["RuleArn"]} for rule in rules if not rule["IsDefault"]]
                await self._each("listener rule", "elbv2", "DeleteRule", every)

    async def _target_groups(self) -> None:
        groups = await self._all("elbv2", "DescribeTargetGroups", "TargetGroups")
        every = [{"TargetGroupArn": group["TargetGroupArn"]} for group in groups]
        await self._each("target group", "elbv2", "DeleteTargetGroup", every)

    async def _records(self) -> None:
        for zone in (await self._call("route53", "ListHostedZones"))["HostedZones"]:
            name = zone["Id"].rpartition("/")[2]
            found = await records(self._world, self._environment.account, name)
            changes = [
                {"Action": "DELETE", "ResourceRecordSet": one} for one in found if one["Type"] not in ("NS", "SOA")
            ]
            every = [{"HostedZoneId": name, "ChangeBatch": {"Changes": changes}}] if changes else []
            await self._each("zone of records", "route53", "ChangeResourceRecordSets", every)

    async def _definitions(self) -> None:
        arns = await self._all("ecs", "ListTaskDefinitions", "taskDefinitionArns")
        ours = {f"{self._environment.name}-{family}" for family in PLATFORM}
        every = [{"taskDefinition": arn} for arn in arns if arn.rpartition("/")[2].partition(":")[0] not in ours]
        await self._each("task definition", "ecs", "DeregisterTaskDefinition", every)

    async def _points(self) -> None:
        points = await self._all("efs", "DescribeAccessPoints", "AccessPoints")
        every = [{"AccessPointId": point["AccessPointId"]} for point in points]
        await self._each("access point", "efs", "DeleteAccessPoint", every)

    async def _secrets(self) -> None:
        found = await self._all("secretsmanager", "ListSecrets", "SecretList", IncludePlannedDeletion=True)
        every = [{"SecretId": one["ARN"], "ForceDeleteWithoutRecovery": True} for one in found]
        await self._each("secret", "secretsmanager", "DeleteSecret", every)

    async def _logs(self) -> None:
        groups = await self._all("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix="/ecs/")
        ours = {f"/ecs/{self._environment.name}-{family}" for family in PLATFORM}
        every = [{"logGroupName": one["logGroupName"]} for one in groups if one["logGroupName"] not in ours]
        await self._each("log group", "logs", "DeleteLogGroup", every)
        for group in ours:
            found = await self._all("logs", "DescribeLogStreams", "logStreams", logGroupName=group)
            every = [{"logGroupName": group, "logStreamName": one["logStreamName"]} for one in found]
            await self._each("log stream", "logs", "DeleteLogStream", every)

    async def _backups(self) -> None:
        bucket = f"{self._environment.name}-tenant-backups"
        found = await self._call("s3", "ListObjectsV2", Bucket=bucket)
        every = [{"Bucket": bucket, "Key": one["Key"]} for one in found.get("Contents") or []]
        await self._each("backup", "s3", "DeleteObject", every)

    def _databases(self) -> None:
        one = self._environment
        with contextlib.suppress(pymysql.err.OperationalError):
            # A server that is stopped on purpose keeps what it has.
            with connect(one) as server, server.cursor() as cursor:
                cursor.execute("SHOW DATABASES")
                names = [name for (name,) in cursor.fetchall() if name not in SYSTEM_DATABASES]
                for name in names:
                    cursor.execute(f"DROP DATABASE {quoted(name)}")
                cursor.execute(
                    "SELECT User, Host FROM mysql.user WHERE User NOT IN (%s, 'mariadb.sys', 'root', 'mysql')",
                    one.database_user,
                )
                users = cursor.fetchall()
                for user in users:
                    cursor.execute("DROP USER %s@%s", user)
            for kind, number in (("database", len(names)), ("database user", len(users))):
                if number:
                    self._gone[kind] = self._gone.get(kind, 0) + number
