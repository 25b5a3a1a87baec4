"""The companion's configuration, as the supervisor writes it. Nothing is decided here."""

import dataclasses
import json
import pathlib


@dataclasses.dataclass(frozen=True)
class Environment:
    """One of the three environments (playbook 6.3) and its MariaDB server on this machine."""

    name: str
    account: str
    region: str
    domain: str
    cluster: str
    database_port: int
    database_user: str
    database_password: str


@dataclasses.dataclass
class Settings:
    """How long the played parts take, in seconds, after how many failed tasks ECS gives a deployment up, and AWS's limits
    per load balancer. `PUT /_companion/settings`
    changes them; a reset leaves them."""

    start_after: float = 0.3
    healthy_after: float = 0.2
    drain_after: float = 0.2
    delete_after: float = 0.2
    run_for: float = 1.0
    export_for: float = 0.5
    retry_after: float = 0.5
    retry_at_most: float = 10.0
    breaker_after: int = 3
    rules_per_load_balancer: int = 100
    target_groups_per_load_balancer: int = 100


@dataclasses.dataclass(frozen=True)
class Config:
    """Ports on 127.0.0.1, addresses of the emulator behind, and the environments by name."""

    ports: dict[str, int]
    environments: dict[str, Environment]

    @property
    def moto(self) -> str:
        return f"http://127.0.0.1:{self.ports['moto']}"

    @property
    def upstream(self) -> str:
        # As "localhost": microburst reads every service description there is when the host has dots in it.
        return f"http://localhost:{self.ports['microburst']}"

    def of_account(self, account: str | None) -> Environment | None:
        """The environment that lives in an account; None for strangers."""
        return next((one for one in self.environments.values() if one.account == account), None)

    def of_host(self, host: str) -> Environment | None:
        """The environment whose domain a host name belongs to."""
        fits = [one for one in self.environments.values() if host == one.domain or host.endswith(f".{one.domain}")]
        return max(fits, key=lambda one: len(one.domain), default=None)


def load(path: str) -> Config:
    """Reads the file; a missing or an unknown key is an error."""
    raw = json.loads(pathlib.Path(path).read_text())
    environments = {name: Environment(name=name, **facts) for name, facts in raw["environments"].items()}
    return Config(ports=raw["ports"], environments=environments)
