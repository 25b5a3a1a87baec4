"""The shared, non-tenant infrastructure of the three accounts, made in moto as the platform team has it in AWS
(playbook 6.3). Tenants are not made here."""

import concurrent.futures

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from .layout import ENVIRONMENTS

SENDER = "noreply@kimmyai.io"
LONGEST = 43200
_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}]}'
)
_READ_SECRETS = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
)


class Account:
    """One environment's account: credentials for the longest time there is, and clients made from one shared
    session, because loading the service descriptions is what takes the time."""

    def __init__(self, session: botocore.session.Session, endpoint: str, environment: str) -> None:
        self.environment = environment
        self.number, self.region, self.domain = ENVIRONMENTS[environment].values()
        self._session, self._endpoint, self._clients = session, endpoint, {}
        self._keys = ("landlord", "landlord", None)
        role = f"arn:aws:iam::{self.number}:role/PlatformOps"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName=environment, DurationSeconds=LONGEST)
        self._keys = tuple(given["Credentials"][part] for part in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
        self._clients.clear()
        answered = self.client("sts").get_caller_identity()["Account"]
        if answered != self.number:
            raise SystemExit(f"dev/services: the credentials of {environment} lead to account {answered}")

    def client(self, service: str):
        if service not in self._clients:
            access, secret, token = self._keys
            self._clients[service] = self._session.create_client(
                service, region_name=self.region, endpoint_url=self._endpoint, aws_access_key_id=access,
                aws_secret_access_key=secret, aws_session_token=token, config=Config(retries={"max_attempts": 1}),
            )  # fmt: skip
        return self._clients[service]

    def credentials(self) -> dict[str, str]:
        return dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), self._keys, strict=True))


def _network(account: Account) -> dict:
    ec2, env = account.client("ec2"), account.environment
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    # Without DNS host names moto's RunTask fails for awsvpc tasks.
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"{account.region}{zone}")
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName=f"{env}-ecs-tasks", Description="WordPress tasks", VpcId=vpc)["GroupId"]
    return {"VPC_ID": vpc, "SUBNETS": [subnet["Subnet"]["SubnetId"] for subnet in subnets], "SG_ID": group}


def _load_balancer(account: Account, network: dict) -> dict:
    elb, env = account.client("elbv2"), account.environment
    balancer = elb.create_load_balancer(
        Name=f"{env}-alb", Subnets=network["SUBNETS"], SecurityGroups=[network["SG_ID"]], Scheme="internet-facing",
        Type="application",
    )["LoadBalancers"][0]  # fmt: skip
    certificate = account.client("acm").request_certificate(DomainName=f"*.{account.domain}", ValidationMethod="DNS")
    nobody = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no such tenant"}
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTPS", Port=443,
        Certificates=[{"CertificateArn": certificate["CertificateArn"]}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": nobody}],
    )["Listeners"][0]  # fmt: skip
    return {
        "ALB_ARN": balancer["LoadBalancerArn"],
        "ALB_DNS": balancer["DNSName"],
        "ALB_ZONE": balancer["CanonicalHostedZoneId"],
        "LISTENER_ARN": listener["ListenerArn"],
    }


def _storage(account: Account, network: dict) -> dict:
    efs, env = account.client("efs"), account.environment
    tags = [{"Key": "Name", "Value": f"{env}-efs"}]
    system = efs.create_file_system(CreationToken=f"{env}-efs", Encrypted=True, Tags=tags)["FileSystemId"]
    for subnet in network["SUBNETS"]:
        efs.create_mount_target(FileSystemId=system, SubnetId=subnet, SecurityGroups=[network["SG_ID"]])
    where = {"CreateBucketConfiguration": {"LocationConstraint": account.region}}
    account.client("s3").create_bucket(Bucket=f"{env}-tenant-backups", **where)
    return {"EFS_ID": system}


def _roles(account: Account) -> dict:
    iam, env = account.client("iam"), account.environment
    for name in (f"{env}-ecs-task-execution-role", f"{env}-ecs-task-role", "PlatformOps"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_TRUST)
    iam.put_role_policy(
        RoleName=f"{env}-ecs-task-execution-role", PolicyName="secrets-access", PolicyDocument=_READ_SECRETS
    )
    prefix = f"arn:aws:iam::{account.number}:role/{env}-ecs-task"
    return {"EXECUTION_ROLE": f"{prefix}-execution-role", "TASK_ROLE": f"{prefix}-role"}


def _platform_task(account: Account, roles: dict, family: str, name: str, environment: list[dict]) -> None:
    """One of the platform's own tasks: with a log group, and without any secret."""
    account.client("logs").create_log_group(logGroupName=f"/ecs/{family}")
    logs = {"awslogs-group": f"/ecs/{family}", "awslogs-region": account.region, "awslogs-stream-prefix": name}
    account.client("ecs").register_task_definition(
        family=family, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn=roles["EXECUTION_ROLE"], taskRoleArn=roles["TASK_ROLE"],
        containerDefinitions=[
            {"name": name, "image": f"{family.partition('-')[2]}:1", "essential": True, "cpu": 256, "memory": 512,
             "environment": environment, "logConfiguration": {"logDriver": "awslogs", "options": logs}},
        ],
    )  # fmt: skip


def _cluster(account: Account, roles: dict) -> dict:
    ecs, env = account.client("ecs"), account.environment
    insights = [{"name": "containerInsights", "value": "enabled"}]
    ecs.create_cluster(clusterName=f"{env}-cluster", settings=insights, tags=[{"key": "env", "value": env}])
    backup = {"name": "BACKUP_BUCKET", "value": f"{env}-tenant-backups"}
    _platform_task(account, roles, f"{env}-tenant-backup", "backup", [backup])
    _platform_task(account, roles, f"{env}-generic-db", "generic-db", [])
    return {"CLUSTER": f"{env}-cluster"}


def _names_and_mail(account: Account) -> dict:
    zone = account.client("route53").create_hosted_zone(
        Name=account.domain, CallerReference=f"{account.environment}-zone"
    )
    ses = account.client("ses")
    ses.verify_email_identity(EmailAddress=SENDER)
    ses.verify_domain_identity(Domain="kimmyai.io")
    return {"HOSTED_ZONE_ID": zone["HostedZone"]["Id"].rpartition("/")[2]}


def _database(account: Account, password: str) -> dict:
    account.client("rds").create_db_instance(
        DBInstanceIdentifier=f"{account.environment}-mysql", Engine="mysql", DBInstanceClass="db.t3.micro",
        AllocatedStorage=20, MasterUsername="admin", MasterUserPassword=password,
    )  # fmt: skip
    return {}


def _one(account: Account, password: str) -> dict[str, str]:
    facts = {"ENV": account.environment, "AWS_ACCOUNT": account.number, "AWS_REGION": account.region}
    facts |= {"AWS_DEFAULT_REGION": account.region, "DOMAIN": account.domain} | account.credentials()
    network, roles = _network(account), _roles(account)
    for part in (
        network, roles, _load_balancer(account, network), _storage(account, network), _cluster(account, roles),
        _names_and_mail(account), _database(account, password),
    ):  # fmt: skip
        facts |= part
    return facts


def seed(endpoint: str, password: str) -> dict[str, dict]:
    """Makes everything and answers, per environment, what people and tests must know of it."""
    session = botocore.session.get_session()
    try:
        accounts = [Account(session, endpoint, environment) for environment in ENVIRONMENTS]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            made = pool.map(lambda account: _one(account, password), accounts)
            return dict(zip(ENVIRONMENTS, made, strict=True))
    except ClientError as error:
        raise SystemExit(f"dev/services: seeding failed: {error}") from error
