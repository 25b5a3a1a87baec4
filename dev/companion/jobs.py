"""What the platform's own containers do once they run: the tenants' backup, and the work on databases that cannot be
reached from outside. Each answers its exit code and its last words. When tasks start and stop is the runner's."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

import pymysql

from .config import Environment
from .containers import DATABASE_FAMILY
from .databases import SYSTEM_DATABASES, connect, quoted
from .moto import AwsError
from .workload import Place
from .world import World

BACKUP_FAMILY = "-tenant-backup"
DONE, FAILED, ABSENT = 0, 1, 4
_SQL = "-- Backup of {tenant}\nSET NAMES utf8mb4;\nCREATE DATABASE IF NOT EXISTS `{tenant}_db`;\n"

Ended = tuple[int, str]
Job = Callable[[World, Place, dict[str, str]], Awaitable[Ended]]


def variables(definition: dict, overrides: dict) -> dict[str, str]:
    """The environment of the first container, with what the task was started with on top."""
    first = next(iter(definition.get("containerDefinitions") or []), {})
    replaced = [one for one in overrides.get("containerOverrides") or [] if one.get("name") == first.get("name")]
    entries = [*(first.get("environment") or []), *(e for one in replaced for e in one.get("environment") or [])]
    return {entry["name"]: entry["value"] for entry in entries}


def job(family: str) -> Job:
    """What the containers of a family do; those that nobody knows end well."""
    return next((job for end, job in _JOBS.items() if family.endswith(end)), _nothing)


async def _nothing(world: World, _: Place, __: dict[str, str]) -> Ended:
    await asyncio.sleep(world.settings.run_for)
    return DONE, "done"


async def back_up(world: World, place: Place, given: dict[str, str]) -> Ended:
    """Puts TENANT_ID's backup at BACKUP_BUCKET and BACKUP_KEY."""
    if world.fault_at("backup-hangs", place):
        # Until somebody stops the task.
        await asyncio.Event().wait()
    await asyncio.sleep(world.settings.run_for)
    if world.fault_at("backup-fails", place):
        return FAILED, "mysqldump: Error 2013: Lost connection to server during query"
    try:
        tenant, bucket, key = (given[name] for name in ("TENANT_ID", "BACKUP_BUCKET", "BACKUP_KEY"))
    except KeyError as missing:
        return FAILED, f"{missing.args[0]} is not set"
    if world.fault_at("backup-no-object", place):
        return DONE, "done"
    empty = world.fault_at("backup-empty", place)
    body = b"" if empty else gzip.compress(_SQL.format(tenant=tenant).encode(), mtime=0)
    try:
        await world.moto.call(place.account, place.region, "s3", "PutObject", Bucket=bucket, Key=key, Body=body)
    except AwsError as error:
        return FAILED, f"upload failed: {error}"
    return DONE, f"s3://{bucket}/{key}: {len(body)} bytes"


async def work_on_database(world: World, place: Place, given: dict[str, str]) -> Ended:
    """DB_ACTION (find or remove) on the DB_KIND (database or user) that DB_NAME or DB_USER names."""
    await asyncio.sleep(world.settings.run_for)
    environment = world.config.of_account(place.account)
    if environment is None:
        return FAILED, "ERROR 2005 (HY000): Unknown server host"
    try:
        return await asyncio.to_thread(_on_database, environment, given)
    except pymysql.MySQLError as error:
        return FAILED, f"ERROR {error}"


def _on_database(environment: Environment, given: dict[str, str]) -> Ended:
    action, kind = given.get("DB_ACTION"), given.get("DB_KIND")
    if action not in ("find", "remove") or kind not in ("database", "user"):
        return FAILED, f"nothing to do: DB_ACTION={action} DB_KIND={kind}"
    name = given.get("DB_NAME" if kind == "database" else "DB_USER")
    if not name:
        return FAILED, f"which {kind}? {'DB_NAME' if kind == 'database' else 'DB_USER'} is not set"
    if action == "remove" and name in (*SYSTEM_DATABASES, environment.database_user):
        return FAILED, f"{name} is the server's own"
    with connect(environment) as server, server.cursor() as cursor:
        if kind == "database":
            # Compared by bytes: the schema's own collation takes Acme_db for acme_db.
            cursor.execute(
                "SELECT schema_name FROM information_schema.schemata WHERE BINARY schema_name = %s", (name,)
            )
        else:
            cursor.execute("SELECT user, host FROM mysql.user WHERE BINARY user = %s", (name,))
        found = cursor.fetchall()
        if action == "remove":
            for one in found:
                if kind == "database":
                    cursor.execute(f"DROP DATABASE {quoted(one[0])}")
                else:
                    cursor.execute("DROP USER %s@%s", one)
    return (DONE if found else ABSENT), f"{action} {kind} {name}: {len(found)}"


_JOBS: dict[str, Job] = {BACKUP_FAMILY: back_up, DATABASE_FAMILY: work_on_database}
