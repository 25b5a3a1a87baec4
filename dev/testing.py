"""What the tests of this folder share: services of their own in a folder of their own, and clients. No test is here."""

import atexit
import contextlib
import functools
import http.client
import json
import os
import pathlib
import shlex
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import boto3
import dnslib
import pymysql
from botocore.config import Config

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = HERE / "services"
PATIENCE = 20.0


class World:
    """Running services. `world.env` is what dev/services env prints."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="landlord-dev-test-")
        self.folder = pathlib.Path(self._folder.name)
        self.run("up")
        self.read()

    def read(self) -> None:
        shown = self.run("env").stdout
        parts = [
            shlex.split(line.removeprefix("export "))[0].split("=", 1)
            for line in shown.splitlines()
            if line.startswith("export ")
        ]
        self.env = {name: value for name, value in parts if name != "PATH"}
        self.infra = json.loads((pathlib.Path(self.env["PEER_STATE"]) / "infra.json").read_text())

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess:
        """dev/services on this world's folder."""
        command, environment = self.command(*words)
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if check and done.returncode:
            raise AssertionError(f"dev/services {words}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def command(self, *words: str) -> tuple[list, dict[str, str]]:
        """The command and the variables with which it means this world's folder."""
        venv = os.environ.get("LANDLORD_DEV_VENV", str(HERE.parent / "target/dev/venv"))
        return [SERVICES, *words], os.environ | {"LANDLORD_DEV_DIR": str(self.folder), "LANDLORD_DEV_VENV": venv}

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if os.environ.get("LANDLORD_DEV_KEEP_LOGS"):
            subprocess.run(["cp", "-rT", self.folder / "log", os.environ["LANDLORD_DEV_KEEP_LOGS"]], check=True)
        self.run("down")
        self._folder.cleanup()

    def client(self, service: str, environment: str = "dev", **config: object):
        """A boto3 client of an environment that never retries, so that each fault is seen."""
        made = self.infra[environment]
        return boto3.client(
            service, endpoint_url=self.env["AWS_ENDPOINT_URL"], region_name=made["AWS_REGION"],
            aws_access_key_id=made["AWS_ACCESS_KEY_ID"], aws_secret_access_key=made["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=made["AWS_SESSION_TOKEN"], config=Config(retries={"total_max_attempts": 1}, **config),
        )  # fmt: skip

    def companion(self, method: str, path: str, body: object = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.env['COMPANION_URL']}/_companion/{path}", method=method, data=data)
        return json.loads(urllib.request.urlopen(request, timeout=60).read())

    def fault(self, name: str, **settings: object) -> None:
        self.companion("PUT", f"faults/{name}", settings)

    def get(self, host: str, path: str = "/") -> tuple[int, str]:
        """What a visitor of that host gets."""
        line = http.client.HTTPConnection(self.env["SITE_ADDRESS"], timeout=30)
        line.request("GET", path, headers={"Host": host})
        with contextlib.closing(line), line.getresponse() as answer:
            return answer.status, answer.read().decode()

    def resolve(self, name: str, kind: str = "A", tcp: bool = False) -> tuple[str, list[str]]:
        """What the name server answers: the code, and the values."""
        host, port = self.env["RESOLVER_ADDRESS"].split(":")
        packet = dnslib.DNSRecord.question(name, kind).send(host, int(port), tcp=tcp, timeout=10)
        answer = dnslib.DNSRecord.parse(packet)
        return dnslib.RCODE[answer.header.rcode], [str(one.rdata) for one in answer.rr]

    def database(self, environment: str = "dev"):
        """The administrator's connection."""
        return pymysql.connect(
            host="127.0.0.1", port=int(self.env[f"MARIADB_PORT_{environment.upper()}"]), user=self.env["DB_ADMIN"],
            password=self.env["DB_ADMIN_PW"], autocommit=True,
        )  # fmt: skip

    def tenant(self, name: str, environment: str = "dev", **without) -> "Tenant":
        """A tenant with all but its service; `secret=False` and the like leave a part out."""
        return Tenant(self, name, environment, **without)


def eventually(look, wanted=True):
    """Asks until the answer is the wanted one, and fails with the last answer when it never is."""
    limit = time.monotonic() + PATIENCE
    while (seen := look()) != wanted:
        if time.monotonic() > limit:
            raise AssertionError(f"{seen!r} is not {wanted!r}")
        time.sleep(0.02)
    return seen


@functools.cache
def shared() -> World:
    """The services that all tests use which do not want some of their own; up once, down when the tests end."""
    world = World()
    atexit.register(world.close)
    return world


class Tenant:
    """A tenant made through boto3, by parts, so that a test can leave one out."""

    def __init__(
        self, world: World, name: str, environment: str = "dev", *, secret=True, log_group=True, rule=True
    ) -> None:
        self.world, self.name, self.environment = world, name, environment
        self._clients: dict = {}
        self.infra, self.prefix = world.infra[environment], f"{environment}-{name}"
        self.host = f"{name}.{self.infra['DOMAIN']}"
        self.service = f"{self.prefix}-service"
        with world.database(environment).cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}_db`")
            cursor.execute(f"CREATE USER '{name}_user'@'%' IDENTIFIED BY 'generated'")
            cursor.execute(f"GRANT ALL PRIVILEGES ON `{name}_db`.* TO '{name}_user'@'%'")
        value = {
            "username": f"{name}_user",
            "password": "generated",
            "dbname": f"{name}_db",
            "host": f"{environment}-mysql",
        }
        self.secret = self.client("secretsmanager").create_secret(
            Name=f"{self.prefix}-db-credentials", SecretString=json.dumps(value)
        )["ARN"]  # fmt: skip
        if not secret:
            self.client("secretsmanager").delete_secret(SecretId=self.secret, ForceDeleteWithoutRecovery=True)
        if log_group:
            self.client("logs").create_log_group(logGroupName=f"/ecs/{self.prefix}")
        self.definition = self.register()
        self.group = self.client("elbv2").create_target_group(
            Name=f"{self.prefix}-tg", Protocol="HTTP", Port=80, VpcId=self.infra["VPC_ID"], TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
        self.rule = self.make_rule() if rule else None

    def client(self, service: str):
        if service not in self._clients:
            self._clients[service] = self.world.client(service, self.environment)
        return self._clients[service]

    def register(self) -> str:
        options = {
            "awslogs-group": f"/ecs/{self.prefix}",
            "awslogs-region": self.infra["AWS_REGION"],
            "awslogs-stream-prefix": "wp",
        }
        return self.client("ecs").register_task_definition(
            family=self.prefix, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
            containerDefinitions=[{
                "name": "wordpress", "image": "wordpress:6.4", "memory": 512, "portMappings": [{"containerPort": 80}],
                "secrets": [{"name": "WORDPRESS_DB_PASSWORD", "valueFrom": f"{self.secret}:password::"}],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }],
        )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip

    def make_rule(self) -> str:
        rules = self.client("elbv2").describe_rules(ListenerArn=self.infra["LISTENER_ARN"])["Rules"]
        last = max((int(rule["Priority"]) for rule in rules if not rule["IsDefault"]), default=0)
        return self.client("elbv2").create_rule(
            ListenerArn=self.infra["LISTENER_ARN"], Priority=last + 1,
            Conditions=[{"Field": "host-header", "Values": [self.host]}],
            Actions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )["Rules"][0]["RuleArn"]  # fmt: skip

    def start(self, count: int = 1) -> "Tenant":
        network = {"subnets": self.infra["SUBNETS"].split(","), "securityGroups": [self.infra["SG_ID"]]}
        self.client("ecs").create_service(
            cluster=self.infra["CLUSTER"], serviceName=self.service, taskDefinition=self.definition, desiredCount=count,
            launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": network},
            loadBalancers=[{"targetGroupArn": self.group, "containerName": "wordpress", "containerPort": 80}],
        )  # fmt: skip
        return self

    def described(self) -> dict:
        return self.client("ecs").describe_services(cluster=self.infra["CLUSTER"], services=[self.service])["services"][
            0
        ]

    def stable(self) -> bool:
        one = self.described()
        return len(one["deployments"]) == 1 and one["runningCount"] == one["desiredCount"]

    def tasks(self, status: str = "RUNNING") -> list[dict]:
        ecs, cluster = self.client("ecs"), self.infra["CLUSTER"]
        arns = ecs.list_tasks(cluster=cluster, serviceName=self.service, desiredStatus=status)["taskArns"]
        return ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []

    def health(self) -> list[str]:
        found = self.client("elbv2").describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return [one["TargetHealth"]["State"] for one in found]

    def change_record(self, action: str, value: str = "192.0.2.7", kind: str = "A") -> None:
        record = {"Name": self.host, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        self.client("route53").change_resource_record_sets(
            HostedZoneId=self.infra["HOSTED_ZONE_ID"],
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
        )
