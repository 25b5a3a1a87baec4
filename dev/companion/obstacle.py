"""Why a task could not run: a value, in ECS's words."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Obstacle:
    """The task's reason and stop code, and its container's; `words` are what the container wrote before. Without a code no
    task is started, and the reason is told in an event of the service."""

    reason: str
    code: str | None = "TaskFailedToStart"
    container: str | None = None
    exit_code: int | None = None
    words: tuple[str, ...] = ()
