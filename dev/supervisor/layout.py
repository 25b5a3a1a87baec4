"""Where things lie, and the facts of the three environments (playbook 6.3). No process is started here."""

import json
import os
import pathlib
import socket

STATE = pathlib.Path(os.environ["LANDLORD_DEV_DIR"])
VENV = pathlib.Path(os.environ["LANDLORD_DEV_VENV"])
RUN = STATE / "run"
LOG = STATE / "log"
SECRETS = STATE / "secrets"
PEER = STATE / "peer"
# Shared by all state folders, like the virtual environment.
CACHE = VENV.parent / "cache"

ENVIRONMENTS = {
    "dev": {"account": "536580886816", "region": "eu-west-1", "domain": "wpdev.kimmyai.io"},
    "sit": {"account": "815856636111", "region": "eu-west-1", "domain": "wpsit.kimmyai.io"},
    "prod": {"account": "093646564004", "region": "af-south-1", "domain": "wp.kimmyai.io"},
}
ADMIN = "admin"

_PORT_NAMES = ["moto", "microburst", "companion", "site", "dns", "postgres"]
_PORT_NAMES += [f"mariadb-{environment}" for environment in ENVIRONMENTS]


def private_write(path: pathlib.Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def ports() -> dict[str, int]:
    """The ports of this state folder: chosen once, kept until `down`, so that one service can be restarted alone."""
    path = STATE / "ports.json"
    if path.exists():
        return json.loads(path.read_text())
    # All are bound at once before any is let go, so that none is chosen twice; UDP too, for the resolver.
    held, chosen = [], {}
    for name in _PORT_NAMES:
        while True:
            tcp = socket.socket()
            udp = socket.socket(type=socket.SOCK_DGRAM)
            held += [tcp, udp]
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            chosen[name] = tcp.getsockname()[1]
            break
    for one in held:
        one.close()
    private_write(path, json.dumps(chosen))
    return chosen
