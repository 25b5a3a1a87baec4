"""The team's own scripts of the playbook against these services: they provision a tenant that answers, and their audit
finds every part of it. Skipped where the scripts are not beside this checkout."""

import os
import pathlib
import subprocess
import unittest

from testing import HERE, eventually, shared

SCRIPTS = next((place for parent in HERE.parents if (place := parent / "shared/peers/playbook-bash").is_dir()), None)
KINDS = (
    "account", "ecs-service", "target-group", "listener-rule", "dns", "task-definition", "efs-access-point", "database",
    "db-user", "secret", "log-group",
)  # fmt: skip


@unittest.skipUnless(SCRIPTS, "the playbook's scripts (shared/peers/playbook-bash) are not beside this checkout")
class Playbook(unittest.TestCase):
    def setUp(self) -> None:
        self.world = shared()
        self.world.companion("POST", "reset")

    def script(self, name: str, *words: str, **variables: str) -> subprocess.CompletedProcess:
        tools = pathlib.Path(os.environ.get("LANDLORD_DEV_VENV", HERE.parent / "target/dev/venv")) / "bin"
        environment = os.environ | self.world.env | variables | {"PATH": f"{os.environ['PATH']}:{tools}"}
        return subprocess.run(
            ["bash", SCRIPTS / name, *words], env=environment, capture_output=True, text=True, check=False
        )

    def test_a_tenant_comes_is_found_and_goes(self) -> None:
        done = self.script("provision_tenant.sh", "goldencrust", ENV="dev", WAIT_STABLE="1")
        self.assertEqual(done.returncode, 0, done.stderr)
        tenant = "goldencrust.wpdev.kimmyai.io"
        self.assertEqual(self.world.resolve(tenant), ("NOERROR", ["127.0.0.1"]))
        eventually(lambda: self.world.get(tenant)[0], 302)
        self.assertEqual(self.world.get(tenant, "/wp-admin/install.php")[0], 200)

        audit = self.script("audit_tenant.sh", "goldencrust", ENV="dev")
        rows = dict(line.split()[1:3] for line in audit.stdout.splitlines())
        self.assertEqual(tuple(rows), KINDS, audit.stderr)
        self.assertNotIn("MISSING", rows.values())
        self.assertEqual(rows["account"], self.world.infra["dev"]["AWS_ACCOUNT"])

        gone = self.script("delete_tenant.sh", "goldencrust", ENV="dev", NO_WAIT="1")
        self.assertEqual(gone.returncode, 0, gone.stderr)
        audit = self.script("audit_tenant.sh", "goldencrust", ENV="dev")
        rows = dict(line.split()[1:3] for line in audit.stdout.splitlines())
        service = rows.pop("ecs-service")
        self.assertIn(service, ("MISSING", "DRAINING"))
        self.assertEqual({value for kind, value in rows.items() if kind != "account"}, {"MISSING"})


if __name__ == "__main__":
    unittest.main()
