"""AWS's own rules that a deletion meets: pages, what is deregistered, secrets on their way out, and a wrong clock."""

import contextlib
import datetime
import unittest

from botocore.exceptions import ClientError

from testing import eventually, shared


def setUpModule() -> None:
    global world
    world = shared()


class Case(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")

    @contextlib.contextmanager
    def refused(self, code: str, status: int | None = 400):
        with self.assertRaises(ClientError) as caught:
            yield caught
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], code)
        if status:
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status)


class Pages(Case):
    def test_access_points_by_a_hundred_at_most(self) -> None:
        efs, system = world.client("efs"), world.infra["dev"]["EFS_ID"]
        made = {
            efs.create_access_point(ClientToken=str(number), FileSystemId=system)["AccessPointId"]
            for number in range(250)
        }
        for asked in ({}, {"MaxResults": 1000}):
            sizes, found, more = [], set(), {}
            while True:
                page = efs.describe_access_points(FileSystemId=system, **asked, **more)
                sizes.append(len(page["AccessPoints"]))
                found |= {point["AccessPointId"] for point in page["AccessPoints"]}
                if "NextToken" not in page:
                    break
                more = {"NextToken": page["NextToken"]}
            self.assertEqual((sizes, found), ([100, 100, 50], made))
        with self.refused("BadRequest"):
            efs.describe_access_points(FileSystemId=system, NextToken="made up")

    def test_task_definitions_by_a_hundred_at_most(self) -> None:
        acme, other = world.tenant("acme"), world.tenant("acme-2")
        made = [acme.definition] + [acme.register() for _ in range(119)]
        ecs = acme.client("ecs")
        pages = list(ecs.get_paginator("list_task_definitions").paginate(familyPrefix="dev-acme"))
        self.assertEqual([len(page["taskDefinitionArns"]) for page in pages], [100, 20])
        self.assertEqual([arn for page in pages for arn in page["taskDefinitionArns"]], made)
        self.assertEqual(ecs.list_task_definitions(familyPrefix="dev-acme-2")["taskDefinitionArns"], [other.definition])


class Definitions(Case):
    def test_a_deregistered_one_is_inactive_and_stays_to_be_seen(self) -> None:
        acme = world.tenant("acme")
        ecs, first, second = acme.client("ecs"), acme.definition, acme.register()
        gone = ecs.deregister_task_definition(taskDefinition=second)["taskDefinition"]
        self.assertEqual(gone["status"], "INACTIVE")
        shown = ecs.describe_task_definition(taskDefinition=second)["taskDefinition"]
        self.assertEqual((shown["status"], shown["deregisteredAt"]), ("INACTIVE", gone["deregisteredAt"]))
        # The family's name means the newest that is active.
        shown = ecs.describe_task_definition(taskDefinition="dev-acme")["taskDefinition"]
        self.assertEqual(shown["taskDefinitionArn"], first)
        self.assertEqual(ecs.list_task_definitions(familyPrefix="dev-acme")["taskDefinitionArns"], [first])
        inactive = ecs.list_task_definitions(familyPrefix="dev-acme", status="INACTIVE")["taskDefinitionArns"]
        self.assertIn(second, inactive)
        self.assertNotIn(first, inactive)
        ecs.deregister_task_definition(taskDefinition=first)
        with self.refused("ClientException"):
            ecs.describe_task_definition(taskDefinition="dev-acme")

    def test_it_wants_a_revision_that_is_there(self) -> None:
        ecs = world.client("ecs")
        for named in ("dev-acme", "dev-nobody:1"):
            with self.refused("ClientException"):
                ecs.deregister_task_definition(taskDefinition=named)

    def test_a_service_runs_on_with_one_that_was_deregistered(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        acme.client("ecs").deregister_task_definition(taskDefinition=acme.definition)
        acme.client("ecs").update_service(cluster="dev-cluster", service=acme.service, desiredCount=2)
        eventually(acme.health, ["healthy"] * 2)


class Secrets(Case):
    def test_one_that_is_scheduled_for_deletion(self) -> None:
        secrets, name = world.client("secretsmanager"), "dev-acme-db-credentials"
        made = secrets.create_secret(Name=name, SecretString="one")["ARN"]
        secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
        described = secrets.describe_secret(SecretId=name)
        self.assertEqual((described["ARN"], described["Name"]), (made, name))
        self.assertGreater(described["DeletedDate"], datetime.datetime.now(datetime.UTC))
        with self.refused("InvalidRequestException"):
            secrets.get_secret_value(SecretId=name)
        with self.refused("InvalidRequestException") as caught:
            secrets.create_secret(Name=name, SecretString="two")
        self.assertIn("already scheduled for deletion", str(caught.exception))
        with self.refused("InvalidRequestException"):
            secrets.delete_secret(SecretId=name)
        self.assertEqual(secrets.list_secrets()["SecretList"], [])
        self.assertEqual(len(secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]), 1)

    def test_it_goes_at_once_by_force(self) -> None:
        secrets, name = world.client("secretsmanager"), "dev-acme-db-credentials"
        secrets.create_secret(Name=name, SecretString="one")
        secrets.delete_secret(SecretId=name)
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        with self.refused("ResourceNotFoundException", None):
            secrets.describe_secret(SecretId=name)
        # As AWS has it: there is nothing to be refused.
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        secrets.create_secret(Name=name, SecretString="two")
        self.assertEqual(secrets.get_secret_value(SecretId=name)["SecretString"], "two")


class Clocks(Case):
    """A client whose clock is wrong; signatures are not checked here, so the date may be set after signing."""

    SERVICES = {
        "ecs": ("list_clusters", "InvalidSignatureException", 400),
        "secretsmanager": ("list_secrets", "InvalidSignatureException", 400),
        "elbv2": ("describe_load_balancers", "SignatureDoesNotMatch", 403),
        "sts": ("get_caller_identity", "SignatureDoesNotMatch", 403),
        "efs": ("describe_file_systems", "InvalidSignatureException", 403),
        "sesv2": ("list_contact_lists", "InvalidSignatureException", 403),
        "route53": ("list_hosted_zones", "SignatureDoesNotMatch", 403),
        "s3": ("list_buckets", "RequestTimeTooSkewed", 403),
        "ec2": ("describe_vpcs", "RequestExpired", 400),
    }

    def call(self, service: str, minutes: float):
        client = world.client(service)

        def wrong(request, **_) -> None:
            at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
            request.headers["X-Amz-Date"] = at.strftime("%Y%m%dT%H%M%SZ")

        client.meta.events.register("before-send", wrong)
        return getattr(client, self.SERVICES[service][0])()

    def test_a_clock_that_is_a_quarter_of_an_hour_wrong_is_refused(self) -> None:
        for service, (_, code, status) in self.SERVICES.items():
            for minutes in (-16, 16, -60 * 24 * 7):
                with self.subTest(service=service, minutes=minutes), self.refused(code, status):
                    self.call(service, minutes)

    def test_it_says_what_is_wrong(self) -> None:
        with self.refused("InvalidSignatureException") as caught:
            self.call("ecs", -16)
        told = r"Signature expired: (\d{8}T\d{6}Z) is now earlier than (\d{8}T\d{6}Z) \((\d{8}T\d{6}Z) - 15 min\.\)"
        self.assertRegex(str(caught.exception), told)
        with self.refused("InvalidSignatureException") as caught:
            self.call("ecs", 16)
        told = r"Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)"
        self.assertRegex(str(caught.exception), told)

    def test_a_little_wrong_is_right(self) -> None:
        for service in self.SERVICES:
            for minutes in (-14, 0, 14):
                self.assertEqual(self.call(service, minutes)["ResponseMetadata"]["HTTPStatusCode"], 200)

    def test_it_has_no_effect(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        client = world.client("ecs")
        late = lambda request, **_: request.headers.__setitem__("X-Amz-Date", "20200101T000000Z")  # noqa: E731
        client.meta.events.register("before-send", late)
        with self.refused("InvalidSignatureException"):
            client.delete_service(cluster="dev-cluster", service=acme.service, force=True)
        self.assertEqual(acme.described()["status"], "ACTIVE")


if __name__ == "__main__":
    unittest.main()
