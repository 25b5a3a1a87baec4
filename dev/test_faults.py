"""Every fault by name, seen through boto3, the name server or a visitor's request."""

import unittest

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from testing import eventually, shared


def setUpModule() -> None:
    global world
    world = shared()


class Case(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")

    def refusal(self, call, **params) -> tuple[str, int]:
        with self.assertRaises(ClientError) as caught:
            call(**params)
        answer = caught.exception.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


class Answers(Case):
    """Faults of AWS's own answers, in each protocol: JSON (ecs), query (elbv2), REST JSON (efs), REST XML (route53)."""

    def calls(self):
        return {
            "ecs": world.client("ecs").list_clusters,
            "elbv2": world.client("elbv2").describe_load_balancers,
            "efs": world.client("efs").describe_file_systems,
            "route53": world.client("route53").list_hosted_zones,
        }

    def expect(self, **wanted: tuple[str, int]) -> None:
        for service, call in self.calls().items():
            with self.subTest(service):
                self.assertEqual(self.refusal(call), wanted[service])

    def test_throttle(self) -> None:
        world.fault("throttle", environment="dev")
        rest = ("ThrottlingException", 429)
        self.expect(ecs=("ThrottlingException", 400), elbv2=("Throttling", 400), efs=rest, route53=("Throttling", 400))
        world.client("ecs", "sit").list_clusters()

    def test_access_denied(self) -> None:
        world.fault("access-denied")
        rest, old = ("AccessDeniedException", 403), ("AccessDenied", 403)
        self.expect(ecs=("AccessDeniedException", 400), elbv2=old, efs=rest, route53=old)

    def test_credentials_expired(self) -> None:
        world.fault("credentials-expired", account=world.infra["dev"]["AWS_ACCOUNT"])
        expired = ("ExpiredToken", 403)
        self.expect(ecs=("ExpiredTokenException", 400), elbv2=expired, efs=expired, route53=expired)
        world.client("ecs", "prod").list_clusters()

    def test_server_error(self) -> None:
        world.fault("server-error")
        broken = ("InternalFailure", 500)
        self.expect(ecs=("ServerException", 500), elbv2=broken, efs=("InternalServerError", 500), route53=broken)
        world.companion("DELETE", "faults/server-error")
        for call in self.calls().values():
            call()

    def test_so_many_times_and_no_more(self) -> None:
        world.fault("throttle", service="ecs", operation="ListClusters", times=2)
        ecs = world.client("ecs")
        ecs.describe_clusters(clusters=["dev-cluster"])
        for _ in range(2):
            self.assertEqual(self.refusal(ecs.list_clusters)[0], "ThrottlingException")
        ecs.list_clusters()

    def test_one_tenant_and_no_other(self) -> None:
        world.fault("access-denied", tenant="acme")
        secrets = world.client("secretsmanager")
        self.assertEqual(self.refusal(secrets.create_secret, Name="dev-acme-db-credentials", SecretString="{}")[1], 400)
        secrets.create_secret(Name="dev-acme-2-db-credentials", SecretString="{}")

    def test_wrong_account(self) -> None:
        world.fault("wrong-account", environment="prod")
        self.assertEqual(world.client("sts", "prod").get_caller_identity()["Account"], "123456789012")
        self.assertEqual(world.client("sts", "dev").get_caller_identity()["Account"], world.infra["dev"]["AWS_ACCOUNT"])

    def test_slow_answer(self) -> None:
        number = world.companion("GET", "requests")["next"]
        world.fault("slow-answer", seconds=0.3, times=1)
        world.client("ecs").list_clusters()
        # A call that an earlier test gave up on may end only now.
        calls = world.companion("GET", f"requests?since={number}")["requests"]
        [entry] = [call for call in calls if call["operation"] == "ListClusters"]
        self.assertGreaterEqual(entry["ms"], 300)
        self.assertEqual(entry["faults"], ["slow-answer"])

    def test_a_slow_answer_after_the_effect(self) -> None:
        world.fault("slow-answer", when="after", operation="CreateLogGroup", seconds=3, times=1)
        with self.assertRaises(ReadTimeoutError):
            world.client("logs", read_timeout=1).create_log_group(logGroupName="/ecs/dev-acme")
        found = world.client("logs").describe_log_groups(logGroupNamePrefix="/ecs/dev-acme")["logGroups"]
        self.assertEqual([one["logGroupName"] for one in found], ["/ecs/dev-acme"])

    def test_cut_connection_after_the_effect_or_before(self) -> None:
        logs = world.client("logs")
        for when, there in (("before", []), ("after", ["/ecs/dev-acme"])):
            world.fault("cut-connection", when=when, operation="CreateLogGroup", times=1)
            with self.assertRaises(ConnectionClosedError):
                logs.create_log_group(logGroupName="/ecs/dev-acme")
            found = logs.describe_log_groups(logGroupNamePrefix="/ecs/dev-acme")["logGroups"]
            self.assertEqual([one["logGroupName"] for one in found], there)

    def test_a_flaky_share_is_the_same_for_the_same_seed(self) -> None:
        def fates(seed: int) -> list[str]:
            world.companion("DELETE", "faults")
            number = world.companion("GET", "requests")["next"]
            world.fault("flaky", environment="dev", share=0.5, seed=seed)
            for _ in range(40):
                try:
                    world.client("ecs").list_clusters()
                except (ClientError, ConnectionClosedError):
                    pass
            calls = world.companion("GET", f"requests?since={number}")["requests"]
            return [(one["faults"] or ["none"])[0] for one in calls]

        once = fates(7)
        self.assertEqual(once, fates(7))
        self.assertNotEqual(once, fates(8))
        kinds = {"none", "flaky: throttle", "flaky: server-error", "flaky: cut-before", "flaky: cut-after"}
        self.assertEqual(set(once), kinds)
        world.client("ecs", "sit").list_clusters()

    def test_foreign_duplicate(self) -> None:
        acme = world.tenant("acme")
        world.fault("foreign-duplicate", operation="CreateService", times=1)
        self.assertEqual(self.refusal(acme.start), ("InvalidParameterException", 400))
        secrets = acme.client("secretsmanager")
        world.fault("foreign-duplicate", service="secretsmanager", times=1)
        tags = [{"Key": "tenant_id", "Value": "other"}]
        refused = self.refusal(secrets.create_secret, Name="dev-other-db-credentials", SecretString="{}", Tags=tags)
        self.assertEqual(refused[0], "ResourceExistsException")
        kept = secrets.describe_secret(SecretId="dev-other-db-credentials")["Tags"]
        self.assertEqual(kept, [{"Key": "tenant_id", "Value": "somebody-else"}])
        world.fault("foreign-duplicate", operation="CreateTargetGroup", times=1)
        tenant = {"Name": "dev-other-tg", "Protocol": "HTTP", "Port": 80, "VpcId": acme.infra["VPC_ID"], "Tags": tags}
        self.assertEqual(
            self.refusal(acme.client("elbv2").create_target_group, **tenant)[0], "DuplicateTargetGroupName"
        )
        world.fault("foreign-duplicate", operation="ChangeResourceRecordSets", times=1)
        self.assertEqual(self.refusal(acme.change_record, action="CREATE")[0], "InvalidChangeBatch")
        self.assertEqual(world.resolve(acme.host), ("NOERROR", ["192.0.2.1"]))


class Tasks(Case):
    def stopped(self, fault: str) -> dict:
        world.fault(fault, tenant="acme", times=1)
        other, acme = world.tenant("other").start(), world.tenant("acme").start()
        eventually(lambda: bool(acme.tasks("STOPPED")))
        [task] = acme.tasks("STOPPED")
        # The next one runs, as the fault was for one; and the other tenant never noticed.
        eventually(acme.health, ["healthy"])
        eventually(other.health, ["healthy"])
        self.assertEqual(other.tasks("STOPPED"), [])
        return task

    def test_task_fails_to_start(self) -> None:
        task = self.stopped("task-fails-to-start")
        self.assertEqual(task["stoppedReason"], "Essential container in task exited")
        self.assertEqual(task["containers"][0]["exitCode"], 1)

    def test_image_pull_fails(self) -> None:
        self.assertIn("CannotPullContainerError", self.stopped("image-pull-fails")["stoppedReason"])

    def test_secret_missing_at_start(self) -> None:
        reason = self.stopped("secret-missing-at-start")["stoppedReason"]
        self.assertIn("ResourceInitializationError: unable to pull secrets", reason)

    def test_tasks_that_keep_failing_are_tried_again_and_again(self) -> None:
        before = world.companion("GET", "settings")
        self.addCleanup(world.companion, "PUT", "settings", before)
        world.companion("PUT", "settings", {"start_after": 0, "retry_after": 0.01, "retry_at_most": 0.05})
        world.fault("task-fails-to-start")
        acme = world.tenant("acme").start()
        eventually(lambda: len(acme.tasks("STOPPED")) >= 4)
        shown = acme.described()
        self.assertEqual(shown["runningCount"], 0)
        self.assertGreaterEqual(shown["deployments"][0]["failedTasks"], 4)
        self.assertTrue(any("unable to consistently start" in event["message"] for event in shown["events"]))
        world.companion("DELETE", "faults")
        eventually(acme.stable)

    def test_slow_start(self) -> None:
        world.fault("slow-start", seconds=60, times=1)
        acme = world.tenant("acme").start()
        eventually(lambda: [task["lastStatus"] for task in acme.tasks()], ["PENDING"])
        self.assertEqual(acme.described()["pendingCount"], 1)

    def test_targets_unhealthy(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.health, ["healthy"])
        world.fault("targets-unhealthy", environment="dev", tenant="acme")
        self.assertEqual(acme.health(), ["unhealthy"])
        self.assertEqual(world.get(acme.host)[0], 503)
        world.companion("DELETE", "faults/targets-unhealthy")
        self.assertEqual(acme.health(), ["healthy"])

    def test_logs_silent(self) -> None:
        world.fault("logs-silent")
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        self.assertEqual(acme.client("logs").describe_log_streams(logGroupName="/ecs/dev-acme")["logStreams"], [])


class Draining(Case):
    def scaled_down(self, fault: str, **settings):
        """A service that is to have no tasks any more and still has one."""
        acme, other = world.tenant("acme").start(), world.tenant("acme-2").start()
        eventually(acme.health, ["healthy"])
        eventually(other.stable)
        world.fault(fault, tenant="acme", **settings)
        for tenant in (acme, other):
            tenant.client("ecs").update_service(cluster="dev-cluster", service=tenant.service, desiredCount=0)
        eventually(other.stable)
        shown = acme.described()
        self.assertEqual((shown["status"], shown["desiredCount"], shown["runningCount"]), ("ACTIVE", 0, 1))
        self.assertEqual([task["lastStatus"] for task in acme.tasks()], ["RUNNING"])
        self.assertEqual(acme.health(), ["draining"])
        return acme

    def listed(self, tenant) -> bool:
        arns = tenant.client("ecs").list_services(cluster="dev-cluster")["serviceArns"]
        return any(arn.endswith(f"/{tenant.service}") for arn in arns)

    def delete(self, tenant, **force: bool) -> str:
        gone = tenant.client("ecs").delete_service(cluster="dev-cluster", service=tenant.service, **force)
        return gone["service"]["status"]

    def test_drain_slow(self) -> None:
        acme = self.scaled_down("drain-slow", seconds=1)
        eventually(acme.stable)
        self.assertEqual(acme.tasks(), [])
        eventually(acme.health, [])
        self.assertEqual(acme.described()["status"], "ACTIVE")

    def test_a_service_that_is_deleted_drains_as_long(self) -> None:
        acme = self.scaled_down("drain-slow", seconds=2)
        self.assertEqual(self.delete(acme), "DRAINING")
        shown = acme.described()
        self.assertEqual((shown["status"], shown["runningCount"]), ("DRAINING", 1))
        self.assertTrue(self.listed(acme))
        self.assertEqual(len(acme.tasks()), 1)
        eventually(lambda: acme.described()["status"], "INACTIVE")
        self.assertEqual(acme.tasks(), [])
        self.assertFalse(self.listed(acme))

    def test_drain_stuck_ends_by_force(self) -> None:
        acme = self.scaled_down("drain-stuck")
        self.assertEqual(self.delete(acme), "DRAINING")
        self.assertEqual(self.delete(acme), "DRAINING")
        self.assertEqual(acme.described()["runningCount"], 1)
        self.delete(acme, force=True)
        eventually(lambda: acme.described()["status"], "INACTIVE")
        self.assertFalse(self.listed(acme))

    def test_force_at_once_does_not_wait_for_stuck_tasks(self) -> None:
        acme = world.tenant("acme").start(2)
        eventually(acme.stable)
        world.fault("drain-stuck")
        self.assertEqual(self.delete(acme, force=True), "DRAINING")
        eventually(lambda: acme.described()["status"], "INACTIVE")

    def test_a_person_may_stop_a_stuck_task(self) -> None:
        acme = self.scaled_down("drain-stuck")
        acme.client("ecs").stop_task(cluster="dev-cluster", task=acme.tasks()[0]["taskArn"])
        eventually(acme.stable)


class Visitors(Case):
    def test_dns_missing(self) -> None:
        acme = world.tenant("acme")
        acme.change_record("CREATE")
        world.fault("dns-missing", tenant="acme")
        self.assertEqual(world.resolve(acme.host), ("NXDOMAIN", []))
        world.companion("DELETE", "faults/dns-missing")
        self.assertEqual(world.resolve(acme.host), ("NOERROR", ["192.0.2.7"]))

    def test_site_500_and_site_silent(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.health, ["healthy"])
        world.fault("site-500", tenant="acme", times=1)
        self.assertEqual(world.get(acme.host)[0], 500)
        world.fault("site-silent", seconds=0.1, times=1)
        self.assertEqual(world.get(acme.host)[0], 504)
        self.assertEqual(world.get(acme.host)[0], 302)


class Shell(Case):
    def test_faults_by_name_from_the_shell(self) -> None:
        world.run("fault", "throttle", "on", "service=ecs", "times=1")
        self.assertIn('"service": "ecs"', world.run("fault").stdout)
        self.assertEqual(self.refusal(world.client("ecs").list_clusters)[0], "ThrottlingException")
        world.run("fault", "throttle")
        world.run("fault", "throttle", "off")
        world.client("ecs").list_clusters()
        refused = world.run("fault", "no-such", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no fault no-such", refused.stderr)


if __name__ == "__main__":
    unittest.main()
