"""One background process: start it, know it again, end it. A process is known by its id together with its start
time, so that an id used again by somebody else is never signalled."""

import json
import os
import pathlib
import pwd
import select
import signal
import subprocess

from .layout import LOG, RUN, private_write


def _start_time(pid: int) -> str | None:
    """Start time in clock ticks since boot; None when the process is gone or only waits to be reaped."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _record(name: str) -> pathlib.Path:
    return RUN / f"{name}.json"


def recorded() -> list[str]:
    """Names of everything that was started and not yet stopped, running or not."""
    return sorted(path.stem for path in RUN.glob("*.json")) if RUN.exists() else []


def identity(name: str) -> str | None:
    """Something that changes with every start of the process; None when it does not run."""
    try:
        record = json.loads(_record(name).read_text())
    except (OSError, ValueError):
        return None
    running = _start_time(record["pid"])
    return f"{record['pid']}@{running}" if running and running == record["start"] else None


def as_user(user: str | None) -> dict:
    """What subprocess needs to run as that user; nothing for None, which stays who we are."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def start(name: str, argv: list[str], *, env: dict[str, str], cwd: pathlib.Path, user: str | None) -> None:
    """Starts a process in a session of its own, with its output in the log folder."""
    LOG.mkdir(parents=True, exist_ok=True)
    with open(LOG / f"{name}.log", "ab") as log:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd,
            env=os.environ | env,
            start_new_session=True,
            **as_user(user),
        )
    private_write(_record(name), json.dumps({"pid": child.pid, "start": _start_time(child.pid)}))


def stop(name: str, first: signal.Signals = signal.SIGTERM, grace: float = 10.0) -> bool:
    """Ends a process and waits until it is gone: the polite signal first, SIGKILL after `grace` seconds.
    False when it did not run any more."""
    try:
        record = json.loads(_record(name).read_text())
    except (OSError, ValueError):
        return False
    try:
        watch = os.pidfd_open(record["pid"])
    except OSError:
        watch = None
    ended = False
    if watch is not None:
        # Looked at after the descriptor is open: from here on the id cannot pass to another process unseen.
        if _start_time(record["pid"]) == record["start"]:
            ended = True
            for attempt, wait in ((first, grace), (signal.SIGKILL, None)):
                try:
                    signal.pidfd_send_signal(watch, attempt)
                except ProcessLookupError:
                    break
                if select.select([watch], [], [], wait)[0]:
                    break
        os.close(watch)
    _record(name).unlink(missing_ok=True)
    return ended
