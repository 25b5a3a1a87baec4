"""The parts of AWS that the companion plays, each seen through boto3 as any client sees it."""

import contextlib
import json
import unittest
import urllib.error

from botocore.exceptions import ClientError

from testing import eventually, shared


def setUpModule() -> None:
    global world
    world = shared()


class Case(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")

    @contextlib.contextmanager
    def refused(self, code: str, status: int | None = None):
        with self.assertRaises(ClientError) as caught:
            yield caught
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        if status:
            self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], status)


class Passing(Case):
    def test_each_account_is_itself(self) -> None:
        for environment, made in world.infra.items():
            self.assertEqual(world.client("sts", environment).get_caller_identity()["Account"], made["AWS_ACCOUNT"])

    def test_bodies_pass_whole_both_ways(self) -> None:
        s3 = world.client("s3")
        body = bytes(range(256)) * 4096
        s3.put_object(Bucket="dev-tenant-backups", Key="a b/ü?&.bin", Body=body)
        self.assertEqual(s3.head_object(Bucket="dev-tenant-backups", Key="a b/ü?&.bin")["ContentLength"], len(body))
        self.assertEqual(s3.get_object(Bucket="dev-tenant-backups", Key="a b/ü?&.bin")["Body"].read(), body)

    def test_mail_leaves_from_the_verified_sender(self) -> None:
        for environment in world.infra:
            sent = world.client("sesv2", environment).send_email(
                FromEmailAddress="noreply@kimmyai.io", Destination={"ToAddresses": ["owner@example.com"]},
                Content={"Simple": {"Subject": {"Data": "ready"}, "Body": {"Text": {"Data": "here"}}}},
            )  # fmt: skip
            self.assertTrue(sent["MessageId"])

    def test_the_journal_names_what_passed(self) -> None:
        number = world.companion("GET", "requests")["next"]
        world.client("efs", "sit").describe_file_systems()
        [entry] = world.companion("GET", f"requests?since={number}")["requests"]
        seen = {key: entry[key] for key in ("environment", "service", "operation", "status")}
        self.assertEqual(
            seen, {"environment": "sit", "service": "efs", "operation": "DescribeFileSystems", "status": 200}
        )


class Services(Case):
    def test_a_service_starts_and_stands_behind_the_load_balancer(self) -> None:
        acme = world.tenant("acme").start(2)
        eventually(acme.stable)
        self.assertEqual(eventually(acme.health, ["healthy"] * 2), ["healthy"] * 2)
        task = acme.tasks()[0]
        self.assertEqual((task["lastStatus"], task["group"]), ("RUNNING", "service:dev-acme-service"))
        self.assertEqual(task["taskDefinitionArn"], acme.definition)
        self.assertEqual(task["containers"][0]["name"], "wordpress")
        shown = acme.described()
        self.assertEqual((shown["runningCount"], shown["pendingCount"]), (2, 0))
        eventually(lambda: "has reached a steady state" in acme.described()["events"][0]["message"])

    def test_it_is_not_running_at_once(self) -> None:
        world.fault("slow-start", tenant="acme", seconds=60)
        acme = world.tenant("acme").start()
        self.assertEqual((acme.described()["runningCount"], acme.described()["pendingCount"]), (0, 1))
        self.assertEqual(acme.described()["deployments"][0]["rolloutState"], "IN_PROGRESS")
        self.assertEqual(acme.health(), [])

    def test_scaling_to_nothing_drains(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.health, ["healthy"])
        acme.client("ecs").update_service(cluster="dev-cluster", service=acme.service, desiredCount=0)
        eventually(lambda: "draining" in acme.health() or acme.health() == [])
        eventually(acme.health, [])
        eventually(lambda: [task["lastStatus"] for task in acme.tasks("STOPPED")], ["STOPPED"])
        [task] = acme.tasks("STOPPED")
        self.assertIn("Scaling activity initiated", task["stoppedReason"])
        self.assertTrue(acme.stable())

    def test_a_new_definition_replaces_the_tasks(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        second = acme.register()
        acme.client("ecs").update_service(
            cluster="dev-cluster", service=acme.service, taskDefinition=second.rpartition("/")[2]
        )
        self.assertEqual([one["status"] for one in acme.described()["deployments"]], ["PRIMARY", "ACTIVE"])
        eventually(acme.stable)
        self.assertEqual(acme.described()["taskDefinition"], second)
        eventually(lambda: [task["taskDefinitionArn"] for task in acme.tasks()], [second])

    def test_a_stopped_task_is_replaced(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.health, ["healthy"])
        [first] = acme.tasks()
        acme.client("ecs").stop_task(cluster="dev-cluster", task=first["taskArn"], reason="on request")
        eventually(
            lambda: [t["stoppedReason"] for t in acme.tasks("STOPPED") if t["lastStatus"] == "STOPPED"], ["on request"]
        )
        eventually(acme.health, ["healthy"])
        self.assertNotEqual(acme.tasks()[0]["taskArn"], first["taskArn"])

    def test_deleting_drains_first_and_frees_the_name(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        with self.refused("InvalidParameterException"):
            acme.client("ecs").delete_service(cluster="dev-cluster", service=acme.service)
        gone = acme.client("ecs").delete_service(cluster="dev-cluster", service=acme.service, force=True)
        self.assertEqual(gone["service"]["status"], "DRAINING")
        with self.refused("InvalidParameterException"):
            acme.start()
        with self.refused("ServiceNotActiveException"):
            acme.client("ecs").update_service(cluster="dev-cluster", service=acme.service, desiredCount=1)
        eventually(lambda: acme.described()["status"], "INACTIVE")
        self.assertEqual(acme.client("ecs").list_services(cluster="dev-cluster")["serviceArns"], [])
        acme.start()
        eventually(acme.stable)

    def test_a_second_service_of_a_name_is_refused(self) -> None:
        acme = world.tenant("acme").start()
        with self.refused("InvalidParameterException") as caught:
            acme.start(5)
        self.assertIn("not idempotent", str(caught.exception))
        self.assertEqual(acme.described()["desiredCount"], 1)

    def test_a_deregistered_definition_is_refused(self) -> None:
        acme = world.tenant("acme")
        acme.client("ecs").deregister_task_definition(taskDefinition=acme.definition)
        with self.refused("ClientException"):
            acme.start()
        first, acme.definition = acme.definition, acme.register()
        acme.start()
        with self.refused("ClientException"):
            acme.client("ecs").update_service(cluster="dev-cluster", service=acme.service, taskDefinition=first)

    def test_a_target_group_must_be_there_and_in_use(self) -> None:
        lonely = world.tenant("lonely", rule=False)
        with self.refused("InvalidParameterException") as caught:
            lonely.start()
        self.assertIn("does not have an associated load balancer", str(caught.exception))
        lonely.group = lonely.group[:-4] + "0000"
        with self.refused("InvalidParameterException"):
            lonely.start()

    def test_lists_come_in_pages_of_ten(self) -> None:
        ecs = world.client("ecs")
        tenants = [world.tenant(f"many{number}").start(0) for number in range(12)]
        first = ecs.list_services(cluster="dev-cluster")
        self.assertEqual(len(first["serviceArns"]), 10)
        rest = ecs.list_services(cluster="dev-cluster", nextToken=first["nextToken"])
        self.assertEqual((len(rest["serviceArns"]), rest.get("nextToken")), (2, None))
        with self.refused("InvalidParameterException"):
            ecs.describe_services(cluster="dev-cluster", services=[one.service for one in tenants[:11]])
        with self.refused("InvalidParameterException"):
            ecs.list_services(cluster="dev-cluster", nextToken="made up")

    def test_task_lists_come_in_pages(self) -> None:
        acme = world.tenant("acme").start(3)
        eventually(acme.stable)
        pages = acme.client("ecs").get_paginator("list_tasks").paginate(
            cluster="dev-cluster", serviceName=acme.service, PaginationConfig={"PageSize": 2}
        )  # fmt: skip
        self.assertEqual([len(page["taskArns"]) for page in pages], [2, 1])
        with self.refused("ServiceNotFoundException"):
            acme.client("ecs").list_tasks(cluster="dev-cluster", serviceName="dev-nobody-service")
        missing = acme.client("ecs").describe_tasks(cluster="dev-cluster", tasks=["0" * 32])
        self.assertEqual(missing["failures"][0]["reason"], "MISSING")

    def test_the_newest_definition_comes_first_when_asked(self) -> None:
        acme = world.tenant("acme")
        ecs = acme.client("ecs")
        made = [acme.definition] + [acme.register() for _ in range(10)]
        down = ecs.list_task_definitions(familyPrefix="dev-acme", sort="DESC", maxResults=3)
        self.assertEqual(down["taskDefinitionArns"], made[:-4:-1])
        self.assertEqual(ecs.list_task_definitions(familyPrefix="dev-acme")["taskDefinitionArns"], made)


class Containers(Case):
    def reason(self, tenant) -> str:
        eventually(lambda: bool(tenant.tasks("STOPPED")))
        return tenant.tasks("STOPPED")[0]["stoppedReason"]

    def test_the_first_words_are_in_the_log(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.stable)
        [task] = acme.tasks()
        stream = f"wp/wordpress/{task['taskArn'].rpartition('/')[2]}"
        events = acme.client("logs").get_log_events(logGroupName="/ecs/dev-acme", logStreamName=stream)["events"]
        self.assertIn("WordPress", events[0]["message"])

    def test_without_its_secret_a_task_does_not_start(self) -> None:
        reason = self.reason(world.tenant("acme", secret=False).start())
        self.assertIn("ResourceInitializationError: unable to pull secrets", reason)
        self.assertIn("ResourceNotFoundException", reason)

    def test_without_its_log_group_a_task_does_not_start(self) -> None:
        acme = world.tenant("acme", log_group=False).start()
        self.assertIn("The specified log group does not exist", self.reason(acme))
        acme.client("logs").create_log_group(logGroupName="/ecs/dev-acme")
        eventually(acme.stable)


class Visitors(Case):
    def test_a_tenant_is_seen_under_its_name(self) -> None:
        acme = world.tenant("acme")
        self.assertEqual(world.get(acme.host)[0], 503)
        acme.start()
        eventually(acme.health, ["healthy"])
        self.assertEqual(world.get(acme.host)[0], 302)
        status, page = world.get(acme.host, "/wp-admin/install.php")
        self.assertEqual(status, 200)
        self.assertIn('content="WordPress', page)
        self.assertEqual(world.get("nobody.wpdev.kimmyai.io"), (404, "no such tenant"))
        acme.client("elbv2").delete_rule(RuleArn=acme.rule)
        self.assertEqual(world.get(acme.host), (404, "no such tenant"))

    def test_only_the_right_database_credentials_help(self) -> None:
        acme = world.tenant("acme", "prod").start()
        eventually(acme.health, ["healthy"])
        self.assertEqual(world.get(acme.host)[0], 302)
        with world.database("prod").cursor() as cursor:
            cursor.execute("ALTER USER 'acme_user'@'%' IDENTIFIED BY 'another'")
        status, page = world.get(acme.host)
        self.assertEqual(status, 500)
        self.assertIn("Error establishing a database connection", page)

    def test_names_resolve_from_the_zone(self) -> None:
        acme = world.tenant("acme")
        self.assertEqual(world.resolve(acme.host), ("NXDOMAIN", []))
        acme.change_record("CREATE")
        self.assertEqual(world.resolve(acme.host), ("NOERROR", ["192.0.2.7"]))
        self.assertEqual(world.resolve(acme.host, tcp=True), ("NOERROR", ["192.0.2.7"]))
        self.assertEqual(world.resolve(acme.host, "TXT"), ("NOERROR", []))
        acme.change_record("UPSERT", "192.0.2.8")
        self.assertEqual(world.resolve(acme.host), ("NOERROR", ["192.0.2.8"]))

    def test_aliases_lead_here(self) -> None:
        made = world.infra["sit"]
        target = {"HostedZoneId": made["ALB_ZONE"], "DNSName": made["ALB_DNS"], "EvaluateTargetHealth": False}
        changes = [
            {"Action": "CREATE", "ResourceRecordSet": {"Name": "a.wpsit.kimmyai.io", "Type": "A",
                                                       "AliasTarget": target}},
            {"Action": "CREATE", "ResourceRecordSet": {"Name": "c.wpsit.kimmyai.io", "Type": "CNAME", "TTL": 60,
                                                       "ResourceRecords": [{"Value": "a.wpsit.kimmyai.io"}]}},
            {"Action": "CREATE", "ResourceRecordSet": {"Name": "t.wpsit.kimmyai.io", "Type": "TXT", "TTL": 60,
                                                       "ResourceRecords": [{"Value": '"some text"'}]}},
        ]  # fmt: skip
        world.client("route53", "sit").change_resource_record_sets(
            HostedZoneId=made["HOSTED_ZONE_ID"], ChangeBatch={"Changes": changes}
        )
        self.assertEqual(world.resolve("a.wpsit.kimmyai.io"), ("NOERROR", ["127.0.0.1"]))
        self.assertEqual(world.resolve("c.wpsit.kimmyai.io"), ("NOERROR", ["a.wpsit.kimmyai.io.", "127.0.0.1"]))
        self.assertEqual(world.resolve("t.wpsit.kimmyai.io", "TXT"), ("NOERROR", ['"some text"']))


class Limits(Case):
    def test_records_are_created_and_deleted_once(self) -> None:
        acme = world.tenant("acme")
        acme.change_record("CREATE")
        with self.refused("InvalidChangeBatch", 400):
            acme.change_record("CREATE")
        with self.refused("InvalidChangeBatch", 400):
            acme.change_record("DELETE", "192.0.2.99")
        acme.change_record("DELETE")
        with self.refused("InvalidChangeBatch", 400):
            acme.change_record("DELETE")

    def test_a_record_that_was_there_once_may_come_again(self) -> None:
        acm, acme = world.tenant("acm"), world.tenant("acme")
        for one, action in ((acm, "CREATE"), (acm, "DELETE"), (acme, "CREATE"), (acm, "CREATE")):
            one.change_record(action)
        self.assertEqual(world.resolve(acm.host), ("NOERROR", ["192.0.2.7"]))

    def test_a_path_without_its_last_slash_means_the_same(self) -> None:
        acme = world.tenant("acme")
        acme.change_record("CREATE")
        route53 = acme.client("route53")
        # As the SDK for Rust writes it.
        trim = lambda request, **_: setattr(request, "url", request.url.replace("/rrset/", "/rrset"))  # noqa: E731
        route53.meta.events.register("before-sign.route-53.ChangeResourceRecordSets", trim)
        with self.refused("InvalidChangeBatch", 400):
            acme.change_record("CREATE")
        acme.change_record("DELETE")

    def test_a_rule_is_deleted_once(self) -> None:
        acme = world.tenant("acme")
        acme.client("elbv2").delete_rule(RuleArn=acme.rule)
        with self.refused("RuleNotFound", 400):
            acme.client("elbv2").delete_rule(RuleArn=acme.rule)

    def test_a_load_balancer_has_room_for_so_many_rules(self) -> None:
        before = world.companion("GET", "settings")
        self.assertEqual((before["rules_per_load_balancer"], before["target_groups_per_load_balancer"]), (100, 100))
        self.addCleanup(world.companion, "PUT", "settings", before)
        world.companion("PUT", "settings", {"target_groups_per_load_balancer": 1})
        world.tenant("first")
        with self.refused("TooManyUniqueTargetGroupsPerLoadBalancer"):
            world.tenant("second")
        world.companion("PUT", "settings", {"rules_per_load_balancer": 1})
        with self.refused("TooManyRules"):
            world.tenant("third")

    def test_priorities_end_at_fifty_thousand(self) -> None:
        acme = world.tenant("acme", rule=False)
        with self.refused("ValidationError"):
            acme.client("elbv2").create_rule(
                ListenerArn=acme.infra["LISTENER_ARN"], Priority=50001,
                Conditions=[{"Field": "host-header", "Values": ["x"]}],
                Actions=[{"Type": "forward", "TargetGroupArn": acme.group}],
            )  # fmt: skip

    def test_rules_and_target_groups_come_in_pages(self) -> None:
        for number in range(3):
            world.tenant(f"many{number}")
        elb = world.client("elbv2")
        listener = world.infra["dev"]["LISTENER_ARN"]
        pages = elb.get_paginator("describe_rules").paginate(ListenerArn=listener, PaginationConfig={"PageSize": 3})
        self.assertEqual([len(page["Rules"]) for page in pages], [3, 1])
        pages = elb.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 2})
        self.assertEqual([len(page["TargetGroups"]) for page in pages], [2, 1])

    def test_an_access_point_is_made_once_per_token(self) -> None:
        efs, system = world.client("efs"), world.infra["dev"]["EFS_ID"]
        made = efs.create_access_point(ClientToken="once", FileSystemId=system)["AccessPointId"]
        with self.refused("AccessPointAlreadyExists", 409) as caught:
            efs.create_access_point(ClientToken="once", FileSystemId=system)
        self.assertEqual(caught.exception.response["AccessPointId"], made)
        self.assertEqual(len(efs.describe_access_points(FileSystemId=system)["AccessPoints"]), 1)
        efs.delete_access_point(AccessPointId=made)
        with self.refused("AccessPointNotFound", 404):
            efs.delete_access_point(AccessPointId=made)

    def test_access_points_need_a_file_system_and_come_in_pages(self) -> None:
        efs, system = world.client("efs"), world.infra["dev"]["EFS_ID"]
        with self.refused("FileSystemNotFound", 404):
            efs.create_access_point(ClientToken="a", FileSystemId="fs-00000000")
        with self.refused("FileSystemNotFound", 404):
            efs.describe_access_points(FileSystemId="fs-00000000")
        for number in range(5):
            efs.create_access_point(ClientToken=str(number), FileSystemId=system)
        first = efs.describe_access_points(FileSystemId=system, MaxResults=3)
        rest = efs.describe_access_points(FileSystemId=system, MaxResults=3, NextToken=first["NextToken"])
        self.assertEqual((len(first["AccessPoints"]), len(rest["AccessPoints"])), (3, 2))
        self.assertNotIn("NextToken", rest)


class Control(Case):
    def test_a_reset_leaves_no_tenant_and_every_credential(self) -> None:
        tenants = [world.tenant("acme", environment).start() for environment in world.infra]
        for one in tenants:
            eventually(one.stable)
            one.change_record("CREATE")
        gone = world.companion("POST", "reset")
        self.assertEqual((gone["service"], gone["secret"], gone["database"], gone["database user"]), (3, 3, 3, 3))
        for one in tenants:
            self.assertEqual(one.client("sts").get_caller_identity()["Account"], one.infra["AWS_ACCOUNT"])
            failure = one.client("ecs").describe_services(cluster=one.infra["CLUSTER"], services=[one.service])[
                "failures"
            ]
            self.assertEqual(failure[0]["reason"], "MISSING")
            self.assertEqual(one.client("elbv2").describe_target_groups()["TargetGroups"], [])
            self.assertEqual(one.client("secretsmanager").list_secrets()["SecretList"], [])
            self.assertEqual(world.resolve(one.host)[0], "NXDOMAIN")
            kept = one.client("ecs").list_task_definitions()["taskDefinitionArns"]
            platform = [f"{one.environment}-{family}:1" for family in ("generic-db", "tenant-backup")]
            self.assertEqual([arn.rpartition("/")[2] for arn in kept], platform)
        self.assertEqual(world.companion("POST", "reset"), {})

    def test_a_new_companion_takes_over_what_stands(self) -> None:
        acme = world.tenant("acme").start()
        eventually(acme.health, ["healthy"])
        [before] = acme.tasks()
        world.run("stop", "companion")
        world.run("start", "companion")
        eventually(acme.health, ["healthy"])
        self.assertNotEqual(acme.tasks()[0]["taskArn"], before["taskArn"])
        self.assertEqual(world.get(acme.host)[0], 302)

    def test_unknown_names_are_refused(self) -> None:
        for path, body in (("faults/no-such", {}), ("faults/throttle", {"enviroment": "dev"}), ("settings", {"x": 1})):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                world.companion("PUT", path, body)
            self.assertEqual(caught.exception.code, 400)
            self.assertIn("there are", json.loads(caught.exception.read())["error"])


if __name__ == "__main__":
    unittest.main()
