"""What `up` writes for people, tests and the bot: the variables, the credential files, the bot's configuration and
the folder that the playbook's scripts read. Nothing is asked or started here."""

import json

from . import databases
from .layout import ADMIN, ENVIRONMENTS, PEER, SECRETS, STATE, VENV, ports, private_write
from .seed import SENDER

HOST = "127.0.0.1"


def variables() -> dict[str, str]:
    """The environment variables of INTERFACE and of the playbook's scripts."""
    chosen = ports()
    front = f"http://{HOST}:{chosen['companion']}"
    values = {
        "AWS_ENDPOINT_URL": front,
        "AWS_CONFIG_FILE": str(STATE / "aws_config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(STATE / "aws_credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "COMPANION_URL": front,
        "SITE_ADDRESS": f"{HOST}:{chosen['site']}",
        "RESOLVER_ADDRESS": f"{HOST}:{chosen['dns']}",
        "MICROBURST_URL": f"http://{HOST}:{chosen['microburst']}",
        "MOTO_URL": f"http://{HOST}:{chosen['moto']}",
        "LANDLORD_DEV_CONFIG": str(STATE / "landlord.toml"),
        "PEER_STATE": str(PEER),
        "DB_ADMIN": ADMIN,
    }
    for environment in ENVIRONMENTS:
        name = f"mariadb-{environment}"
        login = f"{ADMIN}:{databases.password('mariadb')}@{HOST}:{chosen[name]}"
        values[f"MYSQL_{environment.upper()}_URL"] = f"mysql://{login}/"
        values[f"MARIADB_PORT_{environment.upper()}"] = str(chosen[name])
    values["DB_ADMIN_PW"] = databases.password("mariadb")
    user = databases.POSTGRES_USER
    values["POSTGRES_URL"] = f"postgres://{user}:{databases.password('postgres')}@{HOST}:{chosen['postgres']}/{user}"
    return values


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def _bot(infra: dict[str, dict]) -> str:
    chosen = ports()
    lines = ["# The bot's configuration for the services of this folder; written by dev/services.", ""]

    def table(name: str, values: dict[str, object]) -> None:
        lines.extend([f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items()), ""])

    table("discord", {"api": "http://127.0.0.1:8080", "guild": ""})
    table("discord.channels", dict.fromkeys(("operations", "incidents", "alerts", "audit"), ""))
    roles = ("operator", "team-lead", "devops-lead", "product-owner", "security", "on-call")
    table("discord.roles", dict.fromkeys(roles, ""))
    table("store", {"url": f"sqlite://{STATE / 'landlord.db'}"})
    table("http", {"listen": f"{HOST}:0", "token": "sandbox", "alertmanager_token": "sandbox", "sns_topics": []})
    for name, made in infra.items():
        table(f"environments.{name}", {
            "account": made["AWS_ACCOUNT"], "region": made["AWS_REGION"], "profile": f"Tebogo-{name}",
            "cluster": made["CLUSTER"], "domain": made["DOMAIN"], "load_balancers": [f"{name}-alb"],
            "request_quota_factor": 1000, "file_system": f"{name}-efs", "subnets": made["SUBNETS"], "security_groups": [made["SG_ID"]],
            "execution_role": made["EXECUTION_ROLE"], "task_role": made["TASK_ROLE"], "zone": made["HOSTED_ZONE_ID"],
            "sender": SENDER,
            "database": {
                "host": HOST, "port": chosen[f"mariadb-{name}"], "user": ADMIN,
                "password_file": str(SECRETS / "mariadb"),
            },
        })  # fmt: skip
        table(f"environments.{name}.backup", {"task": f"{name}-tenant-backup", "bucket": f"{name}-tenant-backups"})
        probes = {"resolver": f"{HOST}:{chosen['dns']}", "connect": f"{HOST}:{chosen['site']}", "scheme": "http"}
        table(f"environments.{name}.probes", probes)
    return "\n".join(lines)


def write(infra: dict[str, dict]) -> None:
    """Writes all files. They hold credentials, so only their owner may read them."""
    flat = {
        name: {k: ",".join(v) if isinstance(v, list) else v for k, v in made.items()} for name, made in infra.items()
    }
    config, credentials = "", ""
    for name, made in flat.items():
        config += f"[profile Tebogo-{name}]\nregion = {made['AWS_REGION']}\noutput = json\n"
        credentials += f"[Tebogo-{name}]\n"
        credentials += "".join(f"{key.lower()} = {made[key]}\n" for key in made if key.startswith("AWS_") and (
            "KEY" in key or "TOKEN" in key))  # fmt: skip
        private_write(PEER / f"env.{name}.sh", "".join(f"export {key}='{value}'\n" for key, value in made.items()))
    private_write(PEER / "infra.json", json.dumps(flat, indent=1))
    private_write(STATE / "aws_config", config)
    private_write(STATE / "aws_credentials", credentials)
    private_write(STATE / "landlord.toml", _bot(infra))
    exports = [f"export {key}='{value}'" for key, value in variables().items()]
    # Last on PATH: for the playbook's own commands where the machine has no aws of its own.
    exports += [
        "unset AWS_PROFILE",
        f'case ":$PATH:" in *":{VENV}/bin:"*) ;; *) export PATH="$PATH:{VENV}/bin" ;; esac',
    ]
    private_write(STATE / "env", "\n".join(exports) + "\n")
