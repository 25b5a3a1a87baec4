"""The dump: the same while nothing is done, another after any change, and exact about whose a thing is."""

import json
import unittest

from testing import eventually, shared

NAMES = ("acm", "acme", "acme-2", "acme-20")
KINDS = {
    "services", "listener rules", "target groups", "records", "task definitions", "access points", "secrets",
    "log groups", "databases", "database users", "backups",
}  # fmt: skip


def setUpModule() -> None:
    global world
    world = shared()


def dump(*words: str) -> str:
    return world.run("dump", *words).stdout


def entries(text: str) -> set[tuple[str, str, str]]:
    """Environment, kind and the entry itself."""
    return {
        (environment, kind, json.dumps(entry))
        for environment, kinds in json.loads(text).items() for kind, found in kinds.items() for entry in found
    }  # fmt: skip


class Case(unittest.TestCase):
    def setUp(self) -> None:
        world.companion("POST", "reset")

    def whole(self, name: str, environment: str = "dev"):
        """A tenant with everything that a tenant can have."""
        one = world.tenant(name, environment).start()
        one.change_record("CREATE")
        for token in ("a", "b"):
            one.client("efs").create_access_point(
                ClientToken=f"{name}-{token}", FileSystemId=one.infra["EFS_ID"], RootDirectory={"Path": f"/{name}"},
                Tags=[{"Key": "Name", "Value": f"{environment}-{name}-ap"}],
            )  # fmt: skip
        one.client("s3").put_object(Bucket=f"{environment}-tenant-backups", Key=f"{name}/1", Body=name.encode())
        with world.database(environment).cursor() as cursor:
            cursor.execute(f"CREATE TABLE `{name}_db`.wp_posts (id INT PRIMARY KEY, title TEXT)")
            cursor.execute(f"INSERT INTO `{name}_db`.wp_posts VALUES (1, '{name}')")
        eventually(one.health, ["healthy"])
        return one


class Whole(Case):
    def test_nothing_done_is_nothing_changed(self) -> None:
        acme = self.whole("acme")
        self.whole("acme-2", "prod")
        before = dump()
        acme.described(), acme.tasks(), acme.health(), world.get(acme.host), world.resolve(acme.host)
        acme.client("secretsmanager").get_secret_value(SecretId=acme.secret)
        world.run("stop", "mariadb-dev")
        world.run("start", "mariadb-dev")
        self.assertEqual(dump(), before)
        self.assertEqual(dump(), json.dumps(json.loads(before), indent=1, sort_keys=True, ensure_ascii=False) + "\n")

    def test_every_kind_is_in_it_and_no_secret(self) -> None:
        self.whole("acme")
        found = json.loads(dump("--only", "acme"))
        self.assertEqual(set(found), set(world.infra))
        self.assertEqual({kind for kind, listed in found["dev"].items() if listed}, KINDS)
        self.assertEqual(len(found["dev"]["access points"]), 2)
        [secret] = found["dev"]["secrets"]
        [version] = secret["versions"].values()
        self.assertEqual(len(version["sha256"]), 64)
        for hidden in ("generated", "IDENTIFIED"):
            self.assertNotIn(hidden, dump())

    def test_every_change_shows(self) -> None:
        acme = self.whole("acme")
        ecs, elb, logs = acme.client("ecs"), acme.client("elbv2"), acme.client("logs")
        secrets, efs = acme.client("secretsmanager"), acme.client("efs")
        tags = [{"Key": "tenant_id", "Value": "acme"}]

        def sql(statement: str) -> None:
            with world.database().cursor() as cursor:
                cursor.execute(statement)

        changes = {
            "services": lambda: ecs.tag_resource(
                resourceArn=acme.described()["serviceArn"], tags=[{"key": "tenant_id", "value": "acme"}]
            ),
            "target groups": lambda: elb.add_tags(ResourceArns=[acme.group], Tags=tags),
            "listener rules": lambda: elb.set_rule_priorities(
                RulePriorities=[{"RuleArn": acme.rule, "Priority": 77}]
            ),
            "records": lambda: acme.change_record("UPSERT", "192.0.2.8"),
            "task definitions": acme.register,
            "access points": lambda: efs.create_access_point(ClientToken="c", FileSystemId=acme.infra["EFS_ID"]),
            "secrets": lambda: secrets.put_secret_value(SecretId=acme.secret, SecretString="another"),
            "log groups": lambda: logs.put_retention_policy(logGroupName="/ecs/dev-acme", retentionInDays=30),
            "databases": lambda: sql("UPDATE `acme_db`.wp_posts SET title = 'x'"),
            "database users": lambda: sql("ALTER USER 'acme_user'@'%' IDENTIFIED BY 'y'"),
            "backups": lambda: acme.client("s3").put_object(Bucket="dev-tenant-backups", Key="acme/1", Body=b"acmE"),
        }  # fmt: skip
        self.assertEqual(set(changes), KINDS)
        changes |= {
            "databases ": lambda: sql("ALTER TABLE `acme_db`.wp_posts ADD KEY (title(8))"),
            "database users ": lambda: sql("REVOKE INSERT ON `acme_db`.* FROM 'acme_user'@'%'"),
            "secrets ": lambda: secrets.delete_secret(SecretId=acme.secret),
            "log groups ": lambda: logs.delete_log_stream(
                logGroupName="/ecs/dev-acme",
                logStreamName=logs.describe_log_streams(logGroupName="/ecs/dev-acme")["logStreams"][0]["logStreamName"],
            ),
        }
        before = entries(dump())
        for kind, change in changes.items():
            with self.subTest(kind):
                change()
                after = entries(dump())
                self.assertEqual({(one[0], one[1]) for one in before ^ after}, {("dev", kind.strip())})
                before = after

    def test_a_server_that_does_not_answer_is_no_empty_server(self) -> None:
        self.addCleanup(world.run, "start", "mariadb-sit")
        world.run("stop", "mariadb-sit")
        done = world.run("dump", check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("a database server does not answer", done.stderr)

    def test_wrong_words_are_refused(self) -> None:
        for words in (["acme"], ["--only"], ["--tenant", "acme"], ["--only", "acme", "--without", "acme"]):
            done = world.run("dump", *words, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("dump takes", done.stderr)


class Whose(Case):
    def test_one_tenant_and_the_rest_are_all_there_is(self) -> None:
        for name in NAMES:
            self.whole(name)
        self.whole("acme", "sit")
        everything = entries(dump())
        parts = {name: entries(dump("--only", name)) for name in NAMES}
        for name, own in parts.items():
            with self.subTest(name):
                rest = entries(dump("--without", name))
                self.assertEqual(own | rest, everything)
                self.assertEqual(own & rest, set())
                self.assertEqual({kind for _, kind, _ in own}, KINDS)
                for other in set(NAMES) - {name}:
                    self.assertEqual(own & parts[other], set())
        self.assertEqual({environment for environment, _, _ in parts["acme"]}, {"dev", "sit"})
        self.assertEqual(entries(dump("--only", "ac")), set())
        self.assertEqual(dump("--without", "ac"), dump())

    def test_what_is_left_after_one_is_deleted_is_what_was_there_without_it(self) -> None:
        gone, *_ = [self.whole(name) for name in ("acme", "acme-2", "acm")]
        before = dump("--without", "acme")
        self.assertNotEqual(before, dump())
        ecs, elb, efs = gone.client("ecs"), gone.client("elbv2"), gone.client("efs")
        world.fault("drain-stuck", tenant="acme")
        ecs.update_service(cluster="dev-cluster", service=gone.service, desiredCount=0)
        ecs.delete_service(cluster="dev-cluster", service=gone.service)
        [service] = json.loads(dump("--only", "acme"))["dev"]["services"]
        self.assertEqual((service["status"], service["desired"]), ("DRAINING", 0))
        ecs.delete_service(cluster="dev-cluster", service=gone.service, force=True)
        eventually(lambda: gone.described()["status"], "INACTIVE")
        elb.delete_rule(RuleArn=gone.rule)
        elb.delete_target_group(TargetGroupArn=gone.group)
        gone.change_record("DELETE")
        ecs.deregister_task_definition(taskDefinition=gone.definition)
        for point in efs.describe_access_points()["AccessPoints"]:
            if point["Name"] == "dev-acme-ap":
                efs.delete_access_point(AccessPointId=point["AccessPointId"])
        with world.database().cursor() as cursor:
            cursor.execute("DROP USER 'acme_user'@'%'")
            cursor.execute("DROP DATABASE acme_db")
        gone.client("secretsmanager").delete_secret(SecretId=gone.secret, ForceDeleteWithoutRecovery=True)
        gone.client("logs").delete_log_group(logGroupName="/ecs/dev-acme")
        self.assertEqual({kind for _, kind, _ in entries(dump("--only", "acme"))}, {"backups"})
        gone.client("s3").delete_object(Bucket="dev-tenant-backups", Key="acme/1")
        self.assertEqual(dump(), before)

    def test_a_tag_says_more_than_a_name(self) -> None:
        secrets = world.client("secretsmanager")
        tags = [{"Key": "tenant_id", "Value": "other"}]
        secrets.create_secret(Name="dev-acme-db-credentials", SecretString="{}", Tags=tags)
        self.assertEqual(entries(dump("--only", "acme")), set())
        self.assertEqual({kind for _, kind, _ in entries(dump("--only", "other"))}, {"secrets"})

    def test_a_record_is_of_whose_rule_it_is(self) -> None:
        # The tenant `one` answers under the name `two`, which is also a tenant's.
        one = world.tenant("one", rule=False)
        one.host = "two.wpdev.kimmyai.io"
        one.make_rule()
        one.change_record("CREATE")
        world.tenant("two", rule=False)
        own = {kind for _, kind, _ in entries(dump("--only", "one"))}
        self.assertLessEqual({"records", "listener rules"}, own)
        self.assertNotIn("records", {kind for _, kind, _ in entries(dump("--only", "two"))})
        listener = one.client("elbv2").describe_rules(ListenerArn=one.infra["LISTENER_ARN"])["Rules"]
        one.client("elbv2").delete_rule(RuleArn=next(rule["RuleArn"] for rule in listener if not rule["IsDefault"]))
        self.assertNotIn("records", {kind for _, kind, _ in entries(dump("--only", "one"))})
        said = dump("--only", "one", "--subdomain", "two")
        self.assertIn("records", {kind for _, kind, _ in entries(said)})

    def test_streams_of_the_platforms_tasks_are_nobodys(self) -> None:
        before = dump()
        world.client("logs").create_log_stream(logGroupName="/ecs/dev-tenant-backup", logStreamName="backup/backup/1")
        self.assertEqual(dump(), before)


if __name__ == "__main__":
    unittest.main()
