"""Tasks that are run alone: the tenants' backup and the work on databases, each seen through boto3."""

import contextlib
import gzip
import unittest

from botocore.exceptions import ClientError

from testing import eventually, shared


def setUpModule() -> None:
    global world
    world = shared()


class Case(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")
        before = world.companion("GET", "settings")
        self.addCleanup(world.companion, "PUT", "settings", before)
        world.companion("PUT", "settings", {"start_after": 0.05, "run_for": 0.05, "drain_after": 0.05})
        self.ecs = world.client("ecs")

    @contextlib.contextmanager
    def refused(self, code: str):
        with self.assertRaises(ClientError) as caught:
            yield caught
        self.assertEqual(caught.exception.response["Error"]["Code"], code)

    def ask(self, family: str, container: str, environment: dict[str, str], **more) -> dict:
        """RunTask's answer."""
        made = world.infra["dev"]
        network = {"subnets": made["SUBNETS"].split(","), "securityGroups": [made["SG_ID"]]}
        given = [{"name": name, "value": value} for name, value in environment.items()]
        return self.ecs.run_task(**{
            "cluster": "dev-cluster", "taskDefinition": family, "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network},
            "overrides": {"containerOverrides": [{"name": container, "environment": given}]},
        } | more)  # fmt: skip

    def described(self, arn: str) -> dict:
        return self.ecs.describe_tasks(cluster="dev-cluster", tasks=[arn])["tasks"][0]

    def ended(self, asked: dict) -> dict:
        """The one task of an answer, once it has stopped."""
        self.assertEqual(asked["failures"], [])
        [task] = asked["tasks"]
        eventually(lambda: self.described(task["taskArn"])["lastStatus"], "STOPPED")
        return self.described(task["taskArn"])

    def listed(self, **filters: str) -> list[str]:
        return self.ecs.list_tasks(cluster="dev-cluster", **filters)["taskArns"]


class Backups(Case):
    def back_up(self, tenant: str = "acme", run: str = "run-1", **more) -> dict:
        given = {"TENANT_ID": tenant, "BACKUP_BUCKET": "dev-tenant-backups", "BACKUP_KEY": f"{tenant}/{run}"}
        return self.ask("dev-tenant-backup", "backup", given, startedBy=run, **more)

    def objects(self) -> dict[str, int]:
        found = world.client("s3").list_objects_v2(Bucket="dev-tenant-backups")
        return {one["Key"]: one["Size"] for one in found.get("Contents", [])}

    def test_a_backup_leaves_an_object(self) -> None:
        [asked] = self.back_up()["tasks"]
        self.assertEqual((asked["startedBy"], asked["group"]), ("run-1", "family:dev-tenant-backup"))
        self.assertNotIn("startedAt", asked)
        arn = asked["taskArn"]
        eventually(lambda: self.described(arn)["lastStatus"], "STOPPED")
        task = self.described(arn)
        self.assertEqual(task["stoppedReason"], "Essential container in task exited")
        self.assertEqual((task["stopCode"], task["containers"][0]["exitCode"]), ("EssentialContainerExited", 0))
        self.assertLessEqual(task["createdAt"], task["startedAt"])
        self.assertLess(task["startedAt"], task["stoppedAt"])
        self.assertEqual(task["overrides"]["containerOverrides"][0]["environment"][0]["value"], "acme")
        body = world.client("s3").get_object(Bucket="dev-tenant-backups", Key="acme/run-1")["Body"].read()
        self.assertIn("`acme_db`", gzip.decompress(body).decode())
        stream = f"backup/backup/{arn.rpartition('/')[2]}"
        logs = world.client("logs").get_log_events(logGroupName="/ecs/dev-tenant-backup", logStreamName=stream)
        self.assertIn("s3://dev-tenant-backups/acme/run-1", logs["events"][0]["message"])

    def test_it_is_found_by_who_started_it(self) -> None:
        world.fault("backup-hangs", tenant="acme")
        [running] = self.back_up()["tasks"]
        ended = self.ended(self.back_up("acme-2", "run-2"))["taskArn"]
        self.assertEqual(self.listed(startedBy="run-1"), [running["taskArn"]])
        self.assertEqual(self.listed(startedBy="run-1", desiredStatus="STOPPED"), [])
        self.assertEqual(self.listed(startedBy="run-2"), [])
        self.assertEqual(self.listed(startedBy="run-2", desiredStatus="STOPPED"), [ended])
        self.assertEqual(self.listed(startedBy="run"), [])
        self.assertEqual(self.listed(family="dev-tenant-backup"), [running["taskArn"]])
        with self.refused("InvalidParameterException"):
            self.listed(startedBy="run-1", family="dev-tenant-backup")

    def test_one_token_is_one_task(self) -> None:
        first, again = self.back_up(clientToken="run-1"), self.back_up(clientToken="run-1")
        self.assertEqual(first["tasks"][0]["taskArn"], again["tasks"][0]["taskArn"])
        with self.refused("ConflictException"):
            self.back_up("acme-2", clientToken="run-1")
        ended = self.ended(self.back_up(clientToken="run-1"))
        self.assertEqual(self.listed(startedBy="run-1", desiredStatus="STOPPED"), [ended["taskArn"]])
        self.assertNotEqual(self.back_up(clientToken="run-2")["tasks"][0]["taskArn"], ended["taskArn"])

    def test_what_goes_wrong_by_name(self) -> None:
        for fault, code, left in (
            ("backup-fails", 1, {}),
            ("backup-no-object", 0, {}),
            ("backup-empty", 0, {"acme/backup-empty": 0}),
        ):
            with self.subTest(fault):
                world.fault(fault, tenant="acme", times=1)
                task = self.ended(self.back_up(run=fault))
                self.assertEqual(task["containers"][0]["exitCode"], code)
                self.assertEqual(task["stoppedReason"], "Essential container in task exited")
                self.assertEqual(self.objects(), left)

    def test_a_fault_for_one_tenant_spares_the_others(self) -> None:
        world.fault("backup-fails", tenant="acme")
        self.assertEqual(self.ended(self.back_up("acme-2"))["containers"][0]["exitCode"], 0)
        self.assertEqual(self.ended(self.back_up("acme", "run-2"))["containers"][0]["exitCode"], 1)

    def test_one_that_hangs_runs_until_it_is_stopped(self) -> None:
        world.fault("backup-hangs")
        [task] = self.back_up()["tasks"]
        eventually(lambda: self.described(task["taskArn"])["lastStatus"], "RUNNING")
        self.ecs.stop_task(cluster="dev-cluster", task=task["taskArn"], reason="too long")
        eventually(lambda: self.described(task["taskArn"])["lastStatus"], "STOPPED")
        stopped = self.described(task["taskArn"])
        self.assertEqual((stopped["stoppedReason"], stopped["stopCode"]), ("too long", "UserInitiated"))
        self.assertNotEqual(stopped["containers"][0]["exitCode"], 0)
        self.assertEqual(self.objects(), {})

    def test_without_its_bucket_it_fails(self) -> None:
        given = {"TENANT_ID": "acme", "BACKUP_BUCKET": "no-such-bucket", "BACKUP_KEY": "acme/1"}
        task = self.ended(self.ask("dev-tenant-backup", "backup", given))
        self.assertEqual(task["containers"][0]["exitCode"], 1)

    def test_what_cannot_be_started_is_refused(self) -> None:
        with self.refused("InvalidParameterException") as caught:
            self.ask("dev-no-such", "backup", {})
        self.assertIn("TaskDefinition not found", str(caught.exception))
        with self.refused("InvalidParameterException"):
            self.ask("dev-tenant-backup", "another", {})
        with self.refused("InvalidParameterException"):
            self.ask("dev-tenant-backup", "backup", {}, startedBy="x" * 129)
        with self.refused("InvalidParameterException"):
            self.ask("dev-tenant-backup", "backup", {}, count=11)
        with self.refused("InvalidParameterException"):
            self.ask("dev-tenant-backup", "backup", {}, networkConfiguration={})
        with self.refused("ClusterNotFoundException"):
            self.ask("dev-tenant-backup", "backup", {}, cluster="no-such")
        acme = world.tenant("acme")
        self.ecs.deregister_task_definition(taskDefinition=acme.definition)
        with self.refused("InvalidParameterException") as caught:
            self.ask(acme.definition, "wordpress", {})
        self.assertIn("TaskDefinition is inactive", str(caught.exception))

    def test_tasks_alone_and_tasks_of_services_are_told_apart(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        world.fault("backup-hangs")
        [task] = self.back_up()["tasks"]
        self.assertEqual(set(self.listed()), {task["taskArn"], acme.tasks()[0]["taskArn"]})
        self.assertEqual(len(self.listed(serviceName=acme.service)), 1)


class Databases(Case):
    def work(self, action: str, kind: str, name: str) -> dict:
        given = {"DB_ACTION": action, "DB_KIND": kind, "DB_NAME" if kind == "database" else "DB_USER": name}
        return self.ended(self.ask("dev-generic-db", "generic-db", given))

    def code(self, action: str, kind: str, name: str) -> int:
        return self.work(action, kind, name)["containers"][0]["exitCode"]

    def test_a_database_and_a_user_are_found_and_removed(self) -> None:
        world.tenant("acme")
        world.tenant("acme-2")
        for kind, end in (("user", "_user"), ("database", "_db")):
            with self.subTest(kind):
                self.assertEqual(self.code("find", kind, f"acme{end}"), 0)
                self.assertEqual(self.code("remove", kind, f"acme{end}"), 0)
                self.assertEqual(self.code("find", kind, f"acme{end}"), 4)
                self.assertEqual(self.code("remove", kind, f"acme{end}"), 4)
                self.assertEqual(self.code("find", kind, f"acme-2{end}"), 0)

    def test_names_are_exact_and_quoted(self) -> None:
        with world.database().cursor() as cursor:
            cursor.execute("CREATE DATABASE axb_db")
            cursor.execute("CREATE DATABASE `a``b; DROP DATABASE axb_db`")
            for host in ("%", "10.%", "localhost"):
                cursor.execute("CREATE USER 'several'@%s", (host,))
        self.assertEqual(self.code("find", "database", "a_b_db"), 4)
        self.assertEqual(self.code("find", "database", "AXB_db"), 4)
        self.assertEqual(self.code("find", "database", "a%"), 4)
        self.assertEqual(self.code("remove", "database", "a`b; DROP DATABASE axb_db"), 0)
        self.assertEqual(self.code("find", "database", "axb_db"), 0)
        self.assertEqual(self.code("remove", "user", "several"), 0)
        with world.database().cursor() as cursor:
            cursor.execute("SELECT host FROM mysql.user WHERE user = 'several'")
            self.assertEqual(cursor.fetchall(), ())

    def test_the_servers_own_stay(self) -> None:
        self.assertEqual(self.code("remove", "database", "mysql"), 1)
        self.assertEqual(self.code("remove", "user", world.env["DB_ADMIN"]), 1)
        self.assertEqual(self.code("drop", "database", "acme_db"), 1)

    def test_without_its_server_it_fails(self) -> None:
        world.run("stop", "mariadb-dev")
        self.addCleanup(world.run, "start", "mariadb-dev")
        self.assertEqual(self.code("find", "database", "acme_db"), 1)

    def not_started(self, task: dict) -> None:
        self.assertIn("ResourceInitializationError: unable to pull secrets or registry auth: ", task["stoppedReason"])
        self.assertEqual(task["stopCode"], "TaskFailedToStart")
        self.assertNotIn("exitCode", task["containers"][0])
        self.assertNotIn("startedAt", task)

    def test_a_task_that_cannot_pull_its_secrets_by_fault(self) -> None:
        world.tenant("acme")
        world.fault("db-task-resource-init", tenant="acme", times=1)
        self.assertEqual(self.code("find", "database", "acme-2_db"), 4)
        self.not_started(self.work("remove", "database", "acme_db"))
        self.assertEqual(self.code("find", "database", "acme_db"), 0)

    def test_a_task_whose_secret_is_not_there_never_runs(self) -> None:
        acme = world.tenant("acme", secret=False)
        self.not_started(self.ended(self.ask(acme.definition, "wordpress", {})))


if __name__ == "__main__":
    unittest.main()
