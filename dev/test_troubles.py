"""Troubles by name, as ECS, Elastic Load Balancing and CloudWatch Logs tell them; and the exports of logs."""

import unittest
import urllib.error

from botocore.exceptions import ClientError

from companion.troubles import TARGETS, TASKS
from testing import eventually, shared


def setUpModule() -> None:
    global world
    world = shared()


class Troubles(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")

    def test_each_reason_stops_tasks_in_its_own_words(self) -> None:
        for why, obstacle in TASKS.items():
            if obstacle.code is None:
                continue
            with self.subTest(why):
                name = f"t-{why}"
                world.fault("task-trouble", tenant=name, why=why)
                tenant = world.tenant(name).start()
                eventually(lambda tenant=tenant: bool(tenant.tasks("STOPPED")))
                task = tenant.tasks("STOPPED")[0]
                self.assertEqual((task["stoppedReason"], task["stopCode"]), (obstacle.reason, obstacle.code))
                self.assertEqual(task["containers"][0].get("exitCode"), obstacle.exit_code)
                self.assertEqual(tenant.tasks(), [])

    def test_without_capacity_no_task_is_there_to_tell(self) -> None:
        world.fault("task-trouble", tenant="acme", why="no-capacity")
        acme = world.tenant("acme").start()
        eventually(lambda: any("Capacity is unavailable" in event["message"] for event in acme.described()["events"]))
        self.assertEqual(acme.tasks("STOPPED"), [])
        world.companion("DELETE", "faults")
        eventually(acme.health, ["healthy"])

    def test_each_code_of_a_target_that_is_not_healthy(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.health, ["healthy"])
        elb = world.client("elbv2")
        for why, health in TARGETS.items():
            with self.subTest(why):
                world.fault("target-trouble", tenant="acme", why=why)
                [told] = elb.describe_target_health(TargetGroupArn=acme.group)["TargetHealthDescriptions"]
                expected = {"State": health.state, "Reason": health.code, "Description": health.words}
                self.assertEqual(told["TargetHealth"], expected)
                world.companion("DELETE", "faults")

    def test_a_reason_that_nobody_knows_is_refused(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as caught:
            world.fault("task-trouble", tenant="acme", why="bad-luck")
        caught.exception.close()
        self.assertEqual(caught.exception.code, 400)


class Exports(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")
        before = world.companion("GET", "settings")
        self.addCleanup(world.companion, "PUT", "settings", before)
        world.client("logs").create_log_group(logGroupName="/ecs/dev-acme")

    def export(self, name: str) -> str:
        asked = {"logGroupName": "/ecs/dev-acme", "fromTime": 0, "to": 2_000_000_000_000}
        bucket = {"destination": "dev-tenant-backups", "destinationPrefix": f"_logs/acme/{name}"}
        return world.client("logs").create_export_task(taskName=name, **asked, **bucket)["taskId"]

    def refusal(self, name: str) -> str:
        with self.assertRaises(ClientError) as caught:
            self.export(name)
        return caught.exception.response["Error"]["Code"]

    def status(self, task: str) -> str:
        [found] = world.client("logs").describe_export_tasks(taskId=task)["exportTasks"]
        return found["status"]["code"]

    def test_an_account_makes_one_export_at_a_time(self) -> None:
        world.companion("PUT", "settings", {"export_for": 3600})
        first = self.export("run-1")
        self.assertEqual(self.status(first), "RUNNING")
        self.assertEqual(self.refusal("run-2"), "LimitExceededException")
        world.companion("POST", "reset")
        self.assertEqual(self.status(first), "COMPLETED")

    def test_a_bucket_that_logs_may_not_write_to(self) -> None:
        world.fault("export-refused", tenant="acme")
        self.assertEqual(self.refusal("run-1"), "InvalidParameterException")


if __name__ == "__main__":
    unittest.main()
