"""Whose a thing is, for the dump: exactly one tenant's or not, never by how a name begins. By its tag `tenant_id` where
it has one, else by its name (playbook 6.1)."""

import dataclasses

from .config import Environment

TENANT_TAG = "tenant_id"


@dataclasses.dataclass(frozen=True)
class Tenant:
    """A tenant in an environment, and the host names that are its own."""

    name: str
    environment: Environment
    hosts: frozenset[str]

    def owns(self, kind: str, entry: dict) -> bool:
        """Whether an entry of the dump is this tenant's."""
        tagged = (entry.get("tags") or {}).get(TENANT_TAG)
        return tagged == self.name if tagged is not None else self._named(kind, entry)

    def _named(self, kind: str, entry: dict) -> bool:
        name, prefix = self.name, f"{self.environment.name}-{self.name}"
        match kind:
            case "services":
                return entry["name"] == f"{prefix}-service"
            case "listener rules":
                groups = forwards(entry)
                return bool(groups) and set(groups) == {f"{prefix}-tg"}
            case "target groups":
                return entry["name"] == f"{prefix}-tg"
            case "records":
                return entry["name"] in self.hosts
            case "task definitions":
                return entry["family"] == prefix
            case "access points":
                named = (entry["tags"] or {}).get("Name")
                return named == f"{prefix}-ap" if named is not None else entry["path"] == f"/{name}"
            case "secrets":
                return entry["name"] == f"{prefix}-db-credentials"
            case "log groups":
                return entry["name"] == f"/ecs/{prefix}"
            case "databases":
                return entry["name"] == f"{name}_db"
            case "database users":
                return entry["name"] == f"{name}_user"
            case "backups":
                # A backup, or an export of its logs.
                return entry["key"].startswith((f"{name}/", f"_logs/{name}/"))
        raise ValueError(kind)


def forwards(rule: dict) -> list[str]:
    """The names of the target groups that a rule forwards to."""
    found = []
    for action in rule["actions"]:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        arns = [action["TargetGroupArn"]] if "TargetGroupArn" in action else []
        found += [arn.split("/")[1] for arn in [*arns, *(group["TargetGroupArn"] for group in groups)]]
    return found


def hosts(rule: dict) -> list[str]:
    """The host names that a rule is for."""
    return [
        value.lower()
        for one in rule["conditions"] if one["Field"] == "host-header"
        for value in (one.get("HostHeaderConfig") or {}).get("Values") or one.get("Values") or []
    ]  # fmt: skip


def tenant(name: str, environment: Environment, rules: list[dict], subdomain: str | None) -> Tenant:
    """The tenant with its host names: that of the subdomain where it is said, else those that its own rules are for,
    else the one that bears its name, unless a rule gives that one to somebody else."""
    if subdomain is not None:
        return Tenant(name, environment, frozenset({f"{subdomain}.{environment.domain}"}))
    nobody = Tenant(name, environment, frozenset())
    own = {host for rule in rules if nobody.owns("listener rules", rule) for host in hosts(rule)}
    others = {host for rule in rules if not nobody.owns("listener rules", rule) for host in hosts(rule)}
    return Tenant(name, environment, frozenset(own or {f"{name}.{environment.domain}"} - others))
