"""Deployments that are given up, revisions that are deregistered, the use of services, and logins, each through boto3."""

import contextlib
import datetime
import json
import unittest
import urllib.error

import boto3
from botocore.exceptions import ClientError

from testing import eventually, shared

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def setUpModule() -> None:
    global world
    world = shared()


class Case(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")

    @contextlib.contextmanager
    def refused(self, code: str, message: str):
        with self.assertRaises(ClientError) as caught:
            yield
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], code)
        self.assertIn(message, error["Message"])


class Deployments(Case):
    def setUp(self) -> None:
        super().setUp()
        self.acme = world.tenant("acme").start()
        eventually(self.acme.stable)
        eventually(lambda: self.acme.described()["deployments"][0]["rolloutState"], "COMPLETED")
        self.ecs = self.acme.client("ecs")
        self.where = {"cluster": self.acme.infra["CLUSTER"], "service": self.acme.service}

    def update(self, breaker: dict | None = None, **wanted: object) -> None:
        if breaker:
            wanted["deploymentConfiguration"] = {"deploymentCircuitBreaker": breaker}
        self.ecs.update_service(**self.where, **wanted)

    def states(self) -> list[tuple]:
        return [
            (one["status"], one["taskDefinition"], one["rolloutState"]) for one in self.acme.described()["deployments"]
        ]

    def test_what_fails_is_rolled_back_and_what_ran_runs_on(self) -> None:
        before, task = self.acme.definition, self.acme.tasks()[0]["taskArn"]
        world.fault("image-pull-fails", tenant="acme")
        self.update({"enable": True, "rollback": True}, taskDefinition=self.acme.register())
        eventually(self.states, [("PRIMARY", before, "COMPLETED")])
        shown = self.acme.described()
        self.assertIn("rolling back to deploymentId", shown["deployments"][0]["rolloutStateReason"])
        self.assertEqual(shown["taskDefinition"], before)
        self.assertTrue(any("deployment failed: tasks failed to start." in one["message"] for one in shown["events"]))
        self.assertEqual([one["taskArn"] for one in self.acme.tasks()], [task])
        self.assertEqual(len(self.acme.tasks("STOPPED")), 3)

    def test_without_rollback_it_stays_failed_and_says_why(self) -> None:
        world.fault("task-fails-to-start", tenant="acme")
        made = self.acme.register()
        self.update({"enable": True, "rollback": False}, taskDefinition=made)
        before = self.acme.definition
        eventually(self.states, [("PRIMARY", made, "FAILED"), ("ACTIVE", before, "COMPLETED")])
        reason = self.acme.described()["deployments"][0]["rolloutStateReason"]
        self.assertEqual(reason, "ECS deployment circuit breaker: tasks failed to start.")

    def test_without_a_breaker_it_is_tried_on(self) -> None:
        world.fault("task-fails-to-start", tenant="acme", times=4)
        made = self.acme.register()
        self.update(taskDefinition=made)
        eventually(self.states, [("PRIMARY", made, "COMPLETED")])

    def test_what_is_deregistered_is_refused_and_runs_on_where_it_runs(self) -> None:
        made = self.acme.register()
        for arn in (made, self.acme.definition):
            self.ecs.deregister_task_definition(taskDefinition=arn)
        with self.refused("ClientException", "TaskDefinition is inactive"):
            self.update(taskDefinition=made)
        self.update(desiredCount=2)
        eventually(lambda: len(self.acme.tasks()), 2)

    def test_a_revision_says_when_it_came_and_went(self) -> None:
        made = self.ecs.register_task_definition(
            family=self.acme.prefix, containerDefinitions=[{"name": "wordpress", "image": "a", "memory": 6}]
        )["taskDefinition"]
        told = self.ecs.describe_task_definition(taskDefinition=made["taskDefinitionArn"])["taskDefinition"]
        self.assertEqual(told["registeredAt"], made["registeredAt"])
        self.assertNotIn("deregisteredAt", told)
        self.ecs.deregister_task_definition(taskDefinition=made["taskDefinitionArn"])
        told = self.ecs.describe_task_definition(taskDefinition=made["taskDefinitionArn"])["taskDefinition"]
        self.assertGreaterEqual(told["deregisteredAt"], told["registeredAt"])

    def test_a_revision_bears_its_tags(self) -> None:
        tags = [{"key": "landlord-run", "value": "run-1"}]
        made = self.ecs.register_task_definition(
            family=self.acme.prefix, containerDefinitions=[{"name": "wordpress", "image": "a", "memory": 6}], tags=tags
        )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip
        self.assertEqual(self.ecs.describe_task_definition(taskDefinition=made, include=["TAGS"])["tags"], tags)


class Usage(Case):
    def setUp(self) -> None:
        super().setUp()
        self.dimensions = {"ClusterName": "dev-cluster", "ServiceName": "dev-acme-service"}

    def measured(self, metric: str, values: list, **others: object) -> None:
        asked = {"environment": "dev", "tenant": "acme", "metric": metric, "from": NOON.timestamp(), "period": 60}
        world.companion("PUT", "usage", asked | {"values": values} | others)

    def ask(self, metric: str = "CpuUtilized", minutes: int = 10, period: int = 60, **others: object) -> dict:
        given = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        asked = {"Namespace": "ECS/ContainerInsights", "MetricName": metric, "Dimensions": given, "Period": period,
                 "StartTime": NOON, "EndTime": NOON + datetime.timedelta(minutes=minutes),
                 "Statistics": ["Average", "Maximum"]}  # fmt: skip
        asked = {name: value for name, value in (asked | others).items() if value}
        found = world.client("cloudwatch").get_metric_statistics(**asked)["Datapoints"]
        return {int((one["Timestamp"] - NOON).total_seconds() // 60): one for one in found}

    def test_points_are_counted_from_the_start_and_gaps_are_left_out(self) -> None:
        self.measured("CpuUtilized", [10, 30, None, None, 50])
        averages = {minute: one["Average"] for minute, one in self.ask().items()}
        self.assertEqual(averages, {0: 10, 1: 30, 4: 50})
        by_two = self.ask(period=120)
        self.assertEqual({minute: one["Average"] for minute, one in by_two.items()}, {0: 20, 4: 50})
        self.assertEqual((by_two[0]["Maximum"], by_two[0]["Unit"]), (30, "None"))
        self.assertNotIn("Sum", by_two[0])

    def test_only_that_service_with_both_dimensions_and_that_metric(self) -> None:
        self.measured("MemoryUtilized", [300])
        self.assertEqual(self.ask("MemoryUtilized")[0]["Unit"], "Megabytes")
        self.assertEqual(self.ask("CpuUtilized"), {})
        self.dimensions["ServiceName"] = "dev-acme-2-service"
        self.assertEqual(self.ask("MemoryUtilized"), {})
        self.dimensions = {"ClusterName": "dev-cluster"}
        self.assertEqual(self.ask("MemoryUtilized"), {})

    def test_any_metric_by_exactly_its_dimensions(self) -> None:
        name = {"namespace": "AWS/Lambda", "metric": "Errors", "dimensions": {"FunctionName": "provision"}}
        asked = {"environment": "dev", "from": NOON.timestamp(), "period": 60, "values": [1, 2, 3]}
        world.companion("PUT", "metrics", name | asked)
        self.dimensions = {"FunctionName": "provision"}
        found = self.ask("Errors", period=600, Namespace="AWS/Lambda", Statistics=["Sum"])
        self.assertEqual((found[0]["Sum"], found[0]["Unit"]), (6, "None"))
        found = self.ask("Errors", period=600, Namespace="AWS/Lambda", Statistics=[], ExtendedStatistics=["p50"])
        self.assertEqual(found[0]["ExtendedStatistics"], {"p50": 2})
        self.dimensions = {"FunctionName": "provision", "Resource": "provision"}
        self.assertEqual(self.ask("Errors", Namespace="AWS/Lambda"), {})

    def test_it_is_gone_after_a_reset(self) -> None:
        self.measured("CpuUtilized", [10])
        world.companion("POST", "reset")
        self.assertEqual(self.ask(), {})

    def test_cloudwatchs_limits(self) -> None:
        self.assertEqual(self.ask(minutes=1440), {})
        with self.refused("InvalidParameterCombination", "1,441 datapoints"):
            self.ask(minutes=1441)
        with self.refused("InvalidParameterValue", "Period"):
            self.ask(period=90)
        with self.refused("InvalidParameterValue", "StartTime"):
            self.ask(minutes=0)

    def test_what_cannot_be_measured_is_said(self) -> None:
        for wrong in ({"metric": "CpuReserved"}, {"environment": "qa"}, {"mteric": "x"}):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.measured(wrong.pop("metric", "CpuUtilized"), [1], **wrong)
            self.assertEqual(caught.exception.code, 400)
            self.assertIn("error", json.loads(caught.exception.read()))


class Portal(Case):
    def credentials(self, token: str, role: str = "PlatformOps") -> dict:
        sso = boto3.client("sso", endpoint_url=world.env["AWS_ENDPOINT_URL"], region_name="eu-west-1")
        account = world.infra["dev"]["AWS_ACCOUNT"]
        return sso.get_role_credentials(roleName=role, accountId=account, accessToken=token)["roleCredentials"]

    def test_a_good_login_gives_credentials_of_the_account(self) -> None:
        given = self.credentials("good")
        sts = boto3.client(
            "sts", endpoint_url=world.env["AWS_ENDPOINT_URL"], region_name="eu-west-1",
            aws_access_key_id=given["accessKeyId"], aws_secret_access_key=given["secretAccessKey"],
            aws_session_token=given["sessionToken"],
        )  # fmt: skip
        self.assertEqual(sts.get_caller_identity()["Account"], world.infra["dev"]["AWS_ACCOUNT"])
        self.assertGreater(given["expiration"], datetime.datetime.now(datetime.UTC).timestamp() * 1000)

    def test_another_login_and_a_role_that_is_not_assigned_are_refused(self) -> None:
        with self.refused("UnauthorizedException", "Session token not found or invalid"):
            self.credentials("stale")
        with self.refused("ForbiddenException", "No access"):
            self.credentials("good", "nobody")


if __name__ == "__main__":
    unittest.main()
