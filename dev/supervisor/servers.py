"""The services: how each is started and how it says that it is ready. Nothing of what is seeded into them."""

import dataclasses
import json
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pymysql

from . import databases, process
from .layout import ADMIN, ENVIRONMENTS, LOG, STATE, VENV, ports, private_write

HERE = pathlib.Path(__file__).resolve().parent.parent
READY_WITHIN = 60.0
HOST = "127.0.0.1"


@dataclasses.dataclass(frozen=True)
class Server:
    """One service: its command, made when it is needed, and the question that it answers once it is ready."""

    name: str
    port: int
    argv: Callable[[], list[str]]
    ready: Callable[[], bool]
    note: str
    env: dict[str, str] = dataclasses.field(default_factory=dict)
    cwd: Callable[[], pathlib.Path] = lambda: STATE
    user: str | None = None
    end: signal.Signals = signal.SIGTERM


def _answers(url: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return urllib.request.urlopen(url, timeout=5).status == 200
        except (OSError, urllib.error.URLError):
            return False

    return ask


def _mariadb(environment: str, port: int) -> Server:
    name, user = f"mariadb-{environment}", databases.owner("mysql")

    def argv() -> list[str]:
        data = databases.mariadb(environment)
        small = "--innodb-buffer-pool-size=32M --innodb-log-file-size=8M --aria-pagecache-buffer-size=8M"
        quick = "--skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-fast-shutdown=2 --skip-name-resolve"
        return [
            databases.tool("mariadbd"), "--no-defaults", f"--datadir={data}", f"--port={port}",
            f"--bind-address={HOST}", f"--init-file={data}/init.sql", "--socket=mariadb.sock",
            "--pid-file=mariadb.pid", *small.split(), *quick.split(),
        ]  # fmt: skip

    def ready() -> bool:
        try:
            pymysql.connect(
                host=HOST, port=port, user=ADMIN, password=databases.password("mariadb"), connect_timeout=5
            ).close()
        except pymysql.Error:
            return False
        return True

    return Server(
        name, port, argv, ready, f"MariaDB of {environment}", cwd=lambda: databases.mariadb(environment), user=user
    )


def _postgres(port: int) -> Server:
    def argv() -> list[str]:
        data = databases.postgres()
        options = {"listen_addresses": HOST, "port": port, "unix_socket_directories": "", "max_connections": 200}
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [databases.tool("postgres"), "-D", str(data), *settings]

    def ready() -> bool:
        ask = [databases.tool("pg_isready"), "-q", "-h", HOST, "-p", str(port), "-U", databases.POSTGRES_USER]
        return subprocess.run(ask, check=False).returncode == 0

    user = databases.owner("postgres")
    return Server("postgres", port, argv, ready, "PostgreSQL", cwd=databases.postgres, user=user, end=signal.SIGINT)


def _companion(chosen: dict[str, int]) -> Server:
    def argv() -> list[str]:
        config = STATE / "companion.json"
        environments = {
            name: facts | {"cluster": f"{name}-cluster", "database_port": chosen[f"mariadb-{name}"]}
            | {"database_user": ADMIN, "database_password": databases.password("mariadb")}
            for name, facts in ENVIRONMENTS.items()
        }  # fmt: skip
        fixed = {name: chosen[name] for name in ("moto", "microburst", "companion", "site", "dns")}
        private_write(config, json.dumps({"ports": fixed, "environments": environments}))
        return [str(VENV / "bin/python"), "-m", "companion", str(config)]

    url = f"http://{HOST}:{chosen['companion']}"
    note = f"AWS at {url}, sites at {HOST}:{chosen['site']}, DNS at {HOST}:{chosen['dns']}"
    env = {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    return Server("companion", chosen["companion"], argv, _answers(f"{url}/_companion/health"), note, env)


def all_servers() -> dict[str, Server]:
    """Every service by name, in the order in which they are started."""
    chosen = ports()
    tools = VENV / "bin"
    moto, microburst = f"http://{HOST}:{chosen['moto']}", f"http://{HOST}:{chosen['microburst']}"
    servers = [
        Server("moto", chosen["moto"], lambda: [str(tools / "moto_server"), "-H", HOST, "-p", str(chosen["moto"])],
               _answers(f"{moto}/moto-api/"), moto, {"MOTO_ECS_SERVICE_RUNNING": "1"}),
        *(_mariadb(environment, chosen[f"mariadb-{environment}"]) for environment in ENVIRONMENTS),
        _postgres(chosen["postgres"]),
        Server("microburst", chosen["microburst"],
               lambda: [str(tools / "microburst"), "-u", moto, "--host", HOST, "-p", str(chosen["microburst"])],
               _answers(f"{microburst}/_microburst/health"), microburst),
        _companion(chosen),
    ]  # fmt: skip
    return {server.name: server for server in servers}


def launch(server: Server) -> None:
    """Starts a service without waiting for it."""
    process.start(server.name, server.argv(), env=server.env, cwd=server.cwd(), user=server.user)


def wait(server: Server) -> None:
    """Waits until the service answers; says where its log is when it does not."""
    limit = time.monotonic() + READY_WITHIN
    while not server.ready():
        if process.identity(server.name) is None or time.monotonic() > limit:
            raise SystemExit(f"dev/services: {server.name} did not start; see {LOG / server.name}.log")
        time.sleep(0.05)
