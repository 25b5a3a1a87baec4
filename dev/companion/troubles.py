"""Causes of playbook 3.1 as ECS and Elastic Load Balancing tell them: by name, with the provider's own words. The faults
`task-trouble` and `target-trouble` make one happen to a tenant (`why=…`)."""

import dataclasses

from .obstacle import Obstacle

_PULL = "ResourceInitializationError: unable to pull secrets or registry auth: "
_IMAGE = "CannotPullContainerError: pull image manifest has been retried"
_CRASHED = ("PHP Fatal error:  Uncaught Error: Call to undefined function wp() in /var/www/html/index.php:17",)

# Why tasks stop, in the words of the ECS developer guide ("Stopped tasks error codes") and of what people quote in public.
TASKS = {
    "image-unknown": Obstacle(f"{_IMAGE} 1 time(s): failed to resolve ref wordpress:gone: wordpress:gone: not found"),
    "image-denied": Obstacle(
        f"{_IMAGE} 1 time(s): failed to resolve ref: pulling from host failed with status code "
        "[manifests latest]: 403 Forbidden"
    ),
    "image-timeout": Obstacle(f"{_IMAGE} 5 time(s): dial tcp 52.0.0.1:443: i/o timeout"),
    "secret-timeout": Obstacle(
        "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a "
        "connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch "
        "secret from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded"
    ),
    "role-denied": Obstacle(
        f"{_PULL}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 "
        "time(s): AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue"
    ),
    "mount-denied": Obstacle(
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: "
        "Connection timed out' : unsuccessful EFS utils command execution; code: 32"
    ),
    "out-of-memory": Obstacle(
        "Essential container in task exited", "EssentialContainerExited",
        container="OutOfMemoryError: Container killed due to memory usage", exit_code=137,
    ),
    "crash": Obstacle("Essential container in task exited", "EssentialContainerExited", exit_code=255, words=_CRASHED),
    # Nothing is started, so that no task can tell: the service's events do.
    "no-capacity": Obstacle(
        "Capacity is unavailable at this time. Please try again later or in a different availability zone.", code=None
    ),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Health:
    """What a target group says of a target that runs: `state`, reason code, description."""

    state: str
    code: str
    words: str


# Why targets are not healthy (Elastic Load Balancing: target health reason codes).
TARGETS = {
    "path-missing": Health(
        "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"
    ),
    "server-error": Health(
        "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"
    ),
    "timeout": Health("unhealthy", "Target.Timeout", "Request timed out"),
    "refused": Health("unhealthy", "Target.FailedHealthChecks", "Health checks failed"),
    "initial": Health("initial", "Elb.InitialHealthChecking", "Initial health checks in progress"),
    "leaving": Health("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "internal": Health("unavailable", "Elb.InternalError", "Target health is unavailable due to an internal error"),
}  # fmt: skip

WHYS = {"task-trouble": TASKS, "target-trouble": TARGETS}
