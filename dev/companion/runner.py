"""Tasks that belong to no service: ECS's RunTask. Each runs its container once and stops. What the containers do is in
jobs, what clients are answered in ecs_tasks_plays."""

import asyncio
import time

from . import containers, jobs
from .background import Background
from .workload import Deployment, Place, Task
from .world import World

KEPT = 1_000
_ENDED = "Essential container in task exited"
# What a shell says of a process that SIGTERM ended.
_TERMINATED = 143


class Runner:
    """Keeps the tasks of all accounts, stopped ones too: ECS lists them for an hour."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tasks: dict[str, Task] = {}
        self._lives: dict[str, asyncio.Task] = {}
        self._background = Background()
        self._by_token: dict[tuple, tuple[dict, list[Task]]] = {}

    def forget(self) -> None:
        """Drops everything without a word."""
        self._background.forget()
        self.tasks.clear()
        self._lives.clear()
        self._by_token.clear()

    def started(self, token: tuple) -> tuple[dict, list[Task]] | None:
        """What was asked with that client token, and the tasks that came of it."""
        return self._by_token.get(token)

    def start(self, token: tuple, asked: dict, place: Place, definition: dict) -> list[Task]:
        """Starts what RunTask asked for."""
        overrides = {"containerOverrides": []} | (asked.get("overrides") or {})
        group = asked.get("group") or f"family:{definition['family']}"
        made = []
        for _ in range(int(asked.get("count") or 1)):
            rollout = Deployment(definition["taskDefinitionArn"], asked.get("startedBy") or None)
            task = Task(place, rollout, "", definition=definition, overrides=overrides, group=group)
            self.tasks[task.id] = task
            self._lives[task.id] = self._background.spawn(self._live(task))
            made.append(task)
        self._by_token[token] = (asked, made)
        for old in list(self.tasks)[:-KEPT]:
            if self.tasks[old].status == "STOPPED":
                del self.tasks[old]
        return made

    def stop(self, task: Task, reason: str) -> None:
        """StopTask: the container is told to end, and ends."""
        if task.desired == "STOPPED":
            return
        self._lives.pop(task.id).cancel()
        code = _TERMINATED if task.started else None
        self._ending(task, "UserInitiated", reason or "Task stopped by user", code)
        self._background.spawn(self._end(task))

    async def _live(self, task: Task) -> None:
        place, pace = task.service, self._world.settings
        task.ip = await self._world.scheduler.address(place)
        task.status = "PENDING"
        slow = self._world.fault_at("slow-start", place)
        await asyncio.sleep(slow.number("seconds", 5) if slow else pace.start_after)
        if obstacle := await containers.obstacle(self._world, place, task.definition, self._world.fault_at):
            task.container_reason = obstacle.container
            self._ending(task, obstacle.code, obstacle.reason, obstacle.exit_code)
        else:
            task.status, task.started = "RUNNING", time.time()
            given = jobs.variables(task.definition, task.overrides)
            code, words = await jobs.job(task.definition["family"])(self._world, place, given)
            await containers.write(self._world, place, task, [words])
            self._ending(task, "EssentialContainerExited", _ENDED, code)
        await self._end(task)

    @staticmethod
    def _ending(task: Task, code: str, reason: str, exit_code: int | None) -> None:
        task.desired, task.stopping = "STOPPED", time.time()
        task.status = "DEPROVISIONING" if task.started else "STOPPED"
        task.stop_code, task.stopped_reason, task.exit_code = code, reason, exit_code

    async def _end(self, task: Task) -> None:
        if task.started:
            await asyncio.sleep(self._world.settings.drain_after)
        task.status, task.stopped = "STOPPED", time.time()
        self._lives.pop(task.id, None)
