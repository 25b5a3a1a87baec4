"""`python -m supervisor COMMAND`: the commands of dev/services, once everything is installed."""

import concurrent.futures
import contextlib
import fcntl
import itertools
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from . import databases, outputs, process, seed, servers
from .layout import PEER, RUN, STATE, ports


@contextlib.contextmanager
def alone():
    """One starter or stopper at a time; a second one waits for the first."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def companion(method: str, path: str, body: object = None) -> object:
    """Asks the companion's control side."""
    url = f"http://127.0.0.1:{ports()['companion']}/_companion/{path}"
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        raise SystemExit(f"dev/services: {error.read().decode()}") from error
    except OSError as error:
        raise SystemExit("dev/services: the companion does not answer; see dev/services status") from error


def up() -> None:
    known = servers.all_servers()
    missing = [server for server in known.values() if process.identity(server.name) is None]
    for name in ("mariadb", "postgres"):
        # Made before the servers start side by side, each of which asks for it.
        databases.password(name)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(servers.launch, missing))
        if any(server.name == "moto" for server in missing) or not _seeded():
            servers.wait(known["moto"])
            infra = seed.seed(f"http://127.0.0.1:{known['moto'].port}", databases.password("mariadb"))
            outputs.write(infra)
            list(pool.map(servers.wait, known.values()))
            companion("POST", "resync")
            # Databases of tenants that an emulator before this one knew would belong to nobody now.
            companion("POST", "reset")
            (STATE / "seeded").write_text(process.identity("moto") or "")
        list(pool.map(servers.wait, known.values()))
    for server in known.values():
        print(f"{server.name:<13} {server.port:>5}  {server.note}")


def _seeded() -> bool:
    """Whether this very moto process holds the accounts: it keeps them in memory only."""
    mark = STATE / "seeded"
    return mark.exists() and mark.read_text() == process.identity("moto") and (PEER / "infra.json").exists()


def down() -> None:
    known = servers.all_servers()
    order = [name for name in reversed(known) if name in process.recorded()]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        stopped = list(pool.map(lambda name: process.stop(name, known[name].end), order))
    databases.remove()
    written = ("env", "landlord.toml", "aws_config", "aws_credentials", "ports.json", "companion.json", "seeded")
    for path in [*(STATE / name for name in written), *PEER.glob("*"), *STATE.glob("landlord.db*")]:
        path.unlink(missing_ok=True)
    for folder in (PEER, RUN):
        if folder.exists():
            folder.rmdir()
    print(f"stopped {sum(stopped)} services")


def status() -> None:
    fine = True
    for server in servers.all_servers().values():
        runs = process.identity(server.name) is not None
        state = "ready" if runs and server.ready() else "does not answer" if runs else "not running"
        if not runs and server.name in process.recorded():
            state = f"ended by itself; see {servers.LOG / server.name}.log"
        fine &= state == "ready"
        print(f"{server.name:<13} {server.port:>5}  {state}")
    sys.exit(0 if fine else 1)


def one(verb: str, name: str) -> None:
    server = servers.all_servers().get(name)
    if server is None:
        raise SystemExit(f"dev/services: no service {name}; there are {', '.join(servers.all_servers())}")
    if verb == "stop":
        print(f"{name} {'stopped' if process.stop(name, server.end) else 'did not run'}")
    elif name == "moto" and process.identity(name) is None:
        up()
    else:
        if process.identity(name) is None:
            servers.launch(server)
        servers.wait(server)
        print(f"{name} ready")


def fault(words: list[str]) -> None:
    if not words:
        for entry in companion("GET", "faults"):
            print(f"{entry['name']:<24} {entry['description']}")
            for switched in entry["on"]:
                print(f"{'':<24} on: {json.dumps(switched)}")
        return
    name, *rest = words
    if rest[:1] == ["off"]:
        companion("DELETE", f"faults/{name}")
        return
    settings = dict(word.split("=", 1) for word in rest if word != "on")
    companion("PUT", f"faults/{name}", settings)


def dump(words: list[str]) -> None:
    asked = {}
    for option, value in itertools.zip_longest(words[::2], words[1::2]):
        if option not in ("--only", "--without", "--subdomain") or not value:
            raise SystemExit("dev/services: dump takes --only TENANT or --without TENANT, and --subdomain NAME")
        asked[option.removeprefix("--")] = value
    query = f"?{urllib.parse.urlencode(asked)}" if asked else ""
    print(json.dumps(companion("GET", f"dump{query}"), indent=1, sort_keys=True, ensure_ascii=False))


def main(words: list[str]) -> None:
    match words:
        case ["up"]:
            with alone():
                up()
        case ["down"]:
            with alone():
                down()
        case ["start" | "stop" as verb, name]:
            with alone():
                one(verb, name)
        case ["env"]:
            path = STATE / "env"
            if not path.exists():
                raise SystemExit("dev/services: not up; run dev/services up")
            print(path.read_text(), end="")
        case ["status"]:
            status()
        case ["fault", *rest]:
            fault(rest)
        case ["settings", *rest]:
            body = dict(word.split("=", 1) for word in rest) if rest else None
            print(json.dumps(companion("PUT" if rest else "GET", "settings", body), indent=1))
        case ["dump", *rest]:
            dump(rest)
        case ["reset"]:
            print(json.dumps(companion("POST", "reset")))
        case _:
            raise SystemExit("dev/services: wrong arguments; see dev/services --help")


if __name__ == "__main__":
    main(sys.argv[1:])
