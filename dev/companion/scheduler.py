"""ECS's own work, which moto leaves out: tasks of a service are started, put behind the load balancer, replaced when
they end, and drained. What clients are answered is in ecs_plays."""

import asyncio
import logging
import time

from . import containers, troubles
from .background import Background
from .moto import AwsError
from .obstacle import Obstacle
from .workload import Deployment, Place, Service, Task
from .world import World

log = logging.getLogger("companion.scheduler")
KEPT_STOPPED = 20


class Scheduler:
    """Keeps the services of all accounts at their desired count."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.services: dict[tuple, Service] = {}
        self._background = Background()
        self._networks: dict[str, str] = {}
        self._addresses = 0

    def forget(self) -> None:
        """Drops everything without a word to the emulator."""
        self._background.forget()
        self.services.clear()
        self._networks.clear()

    async def adopt(self, account: str, region: str, cluster: str, moto: dict) -> Service:
        """Takes a service that moto holds under control, and starts its tasks."""
        network = (moto.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        service = Service(
            account=account, region=region, cluster=cluster, name=moto["serviceName"], arn=moto["serviceArn"],
            desired=moto.get("desiredCount", 0),
            target_groups=[group for group in moto.get("loadBalancers") or [] if group.get("targetGroupArn")],
            subnets=network.get("subnets") or [], launch_type=moto.get("launchType", "FARGATE"),
            tags=moto.get("tags") or [], deployments=[Deployment(moto.get("taskDefinition") or "")],
        )  # fmt: skip
        service.status = moto.get("status", "ACTIVE")
        self.services[service.key] = service
        if service.status == "ACTIVE":
            self.reconcile(service)
        return service

    def reconcile(self, service: Service) -> None:
        """Starts and stops tasks until the service has what it wants."""
        primary = service.deployments[0]
        wanted = service.desired if service.status == "ACTIVE" else 0
        live = [task for task in service.live(primary) if not task.leaving]
        for task in live[wanted:]:
            self._let_go(task)
        if not service.retrying and not primary.given_up:
            for _ in range(wanted - len(live)):
                task = Task(service, primary, "")
                service.tasks[task.id] = task
                self._background.spawn(self._live(task))
        if service.status == "DRAINING" and all(task.status == "STOPPED" for task in service.tasks.values()):
            self._background.spawn(self._vanish(service))
        running = service.count(True, primary)
        if running >= wanted:
            # Old deployments go once the new one carries the load.
            for old in service.deployments[1:]:
                for task in service.live(old):
                    self._scaled(task)
            service.deployments[1:] = [
                old for old in service.deployments[1:]
                if any(task.deployment is old and task.status != "STOPPED" for task in service.tasks.values())
            ]  # fmt: skip
            primary.completed = not service.deployments[1:]
            behind = not service.target_groups or all(task.health != "none" for task in service.live(primary))
            if primary.completed and behind and not service.steady:
                service.steady = True
                service.tell("has reached a steady state.")

    def scale(self, service: Service, desired: int | None, task_definition: str | None, force: bool) -> None:
        """UpdateService: another count, another task definition, or all tasks anew."""
        if desired is not None:
            service.desired = desired
        if force or (task_definition and task_definition != service.deployments[0].task_definition):
            service.deployments.insert(0, Deployment(task_definition or service.deployments[0].task_definition))
            service.failures = 0
        service.retrying = service.retrying and service.failures > 0
        service.steady = False
        self.reconcile(service)

    def remove(self, service: Service, force: bool) -> None:
        """DeleteService: the service drains and becomes inactive; with force no task may linger."""
        service.status, service.desired = "DRAINING", 0
        if force:
            for task in service.live():
                self._scaled(task)
        self.reconcile(service)

    def stop(self, task: Task, reason: str) -> None:
        """StopTask: a person ends a task; the service starts another one."""
        if task.desired == "RUNNING":
            self._stop(task, "UserInitiated", reason or "Task stopped by user")
            self.reconcile(task.service)

    def health(self, task: Task) -> str:
        """What the target group says of a task now: initial, healthy, unhealthy, draining or unused."""
        if trouble := self.ailment(task):
            return trouble.state
        if task.health == "healthy" and self._fault("targets-unhealthy", task.service):
            return "unhealthy"
        return task.health

    def ailment(self, task: Task) -> troubles.Health | None:
        """The trouble that a target which would be healthy was given."""
        fault = self._fault("target-trouble", task.service) if task.health == "healthy" else None
        return fault and troubles.TARGETS[fault.settings["why"]]

    def behind(self, group: str) -> list[Task]:
        """The tasks that are registered in a target group."""
        return [
            task for service in self.services.values()
            if any(group == one["targetGroupArn"] for one in service.target_groups)
            for task in service.tasks.values() if task.health in ("initial", "healthy", "draining")
        ]  # fmt: skip

    def _fault(self, name: str, service: Service):
        return self._world.fault_at(name, service)

    def _moto(self, place: Place, aws: str, operation: str, /, **params):
        return self._world.moto.call(place.account, place.region, aws, operation, **params)

    async def address(self, place: Place) -> str:
        """A free address of the place's subnet."""
        subnet = place.subnets[0] if place.subnets else ""
        if subnet and subnet not in self._networks:
            found = await self._moto(place, "ec2", "DescribeSubnets", SubnetIds=[subnet])
            self._networks[subnet] = found["Subnets"][0]["CidrBlock"]
        self._addresses = self._addresses % 60_000 + 1
        first, second, third, _ = self._networks.get(subnet, "10.0.0.0/16").split("/")[0].split(".")
        return f"{first}.{second}.{(int(third) + self._addresses // 250) % 256}.{self._addresses % 250 + 4}"

    async def _live(self, task: Task) -> None:
        service = task.service
        self._forget_old(service)
        task.ip = await self.address(service)
        pace = self._world.settings
        slow = self._fault("slow-start", service)
        task.status = "PENDING"
        await asyncio.sleep(slow.number("seconds", 5) if slow else pace.start_after)
        task.definition = await containers.definition(self._world, service, task.deployment.task_definition)
        obstacle = await containers.obstacle(self._world, service, task.definition, self._fault)
        if task.desired == "STOPPED":
            return
        if obstacle:
            if obstacle.words:
                await containers.write(self._world, service, task, obstacle.words)
            self._failed(task, obstacle)
            return
        task.status, task.started = "RUNNING", time.time()
        service.tell(f"has started 1 tasks: (task {task.id}).")
        if not self._fault("logs-silent", service):
            await containers.first_words(self._world, service, task)
        if task.desired == "RUNNING":
            await self._register(service, task)
        if task.desired == "STOPPED":
            # Stopped in the meantime, when there was nothing to take out of the target group yet.
            await self._deregister(service, task)
            return
        service.failures = 0
        self.reconcile(service)
        if task.health == "initial":
            await asyncio.sleep(pace.healthy_after)
            if task.health == "initial":
                task.health = "healthy"

    async def _register(self, service: Service, task: Task) -> None:
        for group in service.target_groups:
            target = {"Id": task.ip, "Port": group.get("containerPort", 80)}
            try:
                await self._moto(
                    service, "elbv2", "RegisterTargets", TargetGroupArn=group["targetGroupArn"], Targets=[target]
                )
            except AwsError as error:
                service.tell(
                    f"failed to register targets in (target-group {group['targetGroupArn']}) with (error {error.code})"
                )
                continue
            if task.desired == "RUNNING":
                task.health = "draining" if task.leaving else "initial"
            service.tell(f"registered 1 targets in (target-group {group['targetGroupArn']})")

    async def _deregister(self, service: Service, task: Task) -> None:
        for group in service.target_groups:
            target = {"Id": task.ip, "Port": group.get("containerPort", 80)}
            try:
                await self._moto(
                    service, "elbv2", "DeregisterTargets", TargetGroupArn=group["targetGroupArn"], Targets=[target]
                )
            except AwsError as error:
                log.info("%s: %s", service.name, error)

    def _failed(self, task: Task, obstacle: Obstacle) -> None:
        service = task.service
        if obstacle.code is None:
            service.tell(f"was unable to place a task. Reason: {obstacle.reason}")
            del service.tasks[task.id]
        task.status = task.desired = "STOPPED"
        task.stopping = task.stopped = time.time()
        task.stop_code, task.stopped_reason = obstacle.code, obstacle.reason
        task.container_reason, task.exit_code = obstacle.container, obstacle.exit_code
        task.deployment.failed += 1
        service.failures += 1
        if service.failures > 2:
            service.tell("is unable to consistently start tasks successfully.")
        if self._given_up(service, task.deployment):
            return
        if not service.retrying:
            service.retrying = True
            self._background.spawn(self._retry(service))

    def _given_up(self, service: Service, failed: Deployment) -> bool:
        """The circuit breaker: with rollback the service wants again what completed last. A first deployment, which has
        nothing to go back to, is tried on here."""
        before = next((one for one in service.deployments[1:] if one.completed), None)
        tried = service.failures >= self._world.settings.breaker_after
        if not service.breaker.get("enable") or not tried or failed is not service.deployments[0] or before is None:
            return False
        failed.given_up, failed.reason = True, "ECS deployment circuit breaker: tasks failed to start."
        service.tell(f"(deployment {failed.id}) deployment failed: tasks failed to start.")
        if service.breaker.get("rollback"):
            service.deployments.remove(before)
            service.deployments.insert(0, before)
            before.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {before.id}."
            service.tell(f"rolling back to deployment {before.id}.")
            service.failures = 0
            wanted = {"cluster": service.cluster, "service": service.name, "taskDefinition": before.task_definition}
            self._background.spawn(self._moto(service, "ecs", "UpdateService", **wanted))
        self.reconcile(service)
        return True

    async def _retry(self, service: Service) -> None:
        pace = self._world.settings
        await asyncio.sleep(min(pace.retry_after * 2 ** min(service.failures - 1, 16), pace.retry_at_most))
        service.retrying = False
        self.reconcile(service)

    def _let_go(self, task: Task) -> None:
        """The service wants the task no more: it stops, unless a fault lets it linger."""
        stuck = slow = None
        if task.status == "RUNNING":
            stuck = self._fault("drain-stuck", task.service)
            slow = stuck or self._fault("drain-slow", task.service)
        if slow is None:
            self._scaled(task)
            return
        task.leaving = True
        if task.health in ("initial", "healthy"):
            task.health = "draining"
        task.service.tell("has begun draining connections on 1 tasks.")
        if stuck is None:
            self._background.spawn(self._linger(task, slow.number("seconds", 5)))

    async def _linger(self, task: Task, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if task.desired == "RUNNING":
            self._scaled(task)

    def _scaled(self, task: Task) -> None:
        reason = f"Scaling activity initiated by (deployment {task.deployment.id})"
        self._stop(task, "ServiceSchedulerInitiated", reason)

    def _stop(self, task: Task, code: str, reason: str) -> None:
        task.desired, task.stop_code, task.stopped_reason = "STOPPED", code, reason
        task.stopping = time.time()
        task.service.steady = False
        self._background.spawn(self._end(task))

    async def _end(self, task: Task) -> None:
        service = task.service
        registered = task.leaving or task.health in ("initial", "healthy")
        task.status = "DEACTIVATING" if task.started else "STOPPED"
        if registered:
            task.health = "draining"
            if not task.leaving:
                service.tell("has begun draining connections on 1 tasks.")
            await asyncio.sleep(self._world.settings.drain_after)
            await self._deregister(service, task)
            task.health = "none"
        task.status, task.stopped = "STOPPED", time.time()
        task.exit_code = 0 if task.started else None
        if task.started:
            service.tell(f"has stopped 1 running tasks: (task {task.id}).")
        self.reconcile(service)

    async def _vanish(self, service: Service) -> None:
        await asyncio.sleep(self._world.settings.delete_after)
        service.status = "INACTIVE"

    def _forget_old(self, service: Service) -> None:
        stopped = [task.id for task in service.tasks.values() if task.status == "STOPPED"]
        for old in stopped[:-KEPT_STOPPED]:
            del service.tasks[old]
