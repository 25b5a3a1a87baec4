"""dev/services itself: up, down, status, one service at a time, several side by side."""

import json
import os
import pathlib
import signal
import stat
import subprocess
import tomllib
import unittest
import urllib.parse

from testing import World, eventually, shared


def setUpModule() -> None:
    global world
    world = shared()


def pids(one: World) -> dict[str, int]:
    return {path.stem: json.loads(path.read_text())["pid"] for path in (one.folder / "run").glob("*.json")}


def runs(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Up(unittest.TestCase):
    def test_again_changes_nothing(self) -> None:
        before = pids(world)
        world.tenant("kept")
        shown = world.run("up").stdout
        self.assertEqual(len(shown.splitlines()), 7)
        self.assertEqual(pids(world), before)
        self.assertEqual(len(world.client("secretsmanager").list_secrets()["SecretList"]), 1)
        world.companion("POST", "reset")

    def test_two_at_once_start_one_of_each(self) -> None:
        with World() as fresh:
            fresh.run("down")
            done = fresh.run("env", check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("run dev/services up", done.stderr)
            command, environment = fresh.command("up")
            both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
            first, second = (one.communicate()[0] for one in both)
            self.assertEqual(first, second)
            self.assertEqual([one.returncode for one in both], [0, 0])
            fresh.read()
            # Beside the other one, on ports of its own, and with accounts that know nothing of each other.
            fresh.client("logs").create_log_group(logGroupName="/ecs/dev-here")
            found = world.client("logs").describe_log_groups(logGroupNamePrefix="/ecs/dev-here")
            self.assertEqual(found["logGroups"], [])
            started = pids(fresh)
            self.assertEqual(len(started), 7)
            data = json.loads((fresh.folder / "companion.json").read_text())
            self.assertEqual(fresh.run("down").stdout, "stopped 7 services\n")
            self.assertFalse([pid for pid in started.values() if runs(pid)])
            kept = {path.name for path in fresh.folder.iterdir()}
            self.assertEqual(kept, {"lock", "log"})
            self.assertTrue(data["ports"])
            self.assertEqual(fresh.run("down").stdout, "stopped 0 services\n")

    def test_wrong_words_show_the_usage(self) -> None:
        done = world.run("upp", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage:", done.stderr)


class Written(unittest.TestCase):
    def test_profiles_lead_to_their_accounts(self) -> None:
        tools = pathlib.Path(
            os.environ.get("LANDLORD_DEV_VENV", pathlib.Path(__file__).parent.parent / "target/dev/venv")
        )
        for name, made in world.infra.items():
            ask = [tools / "bin/aws", "--profile", f"Tebogo-{name}", "sts", "get-caller-identity", "--query", "Account"]
            done = subprocess.run(ask, env=os.environ | world.env, capture_output=True, text=True, check=True)
            self.assertEqual(json.loads(done.stdout), made["AWS_ACCOUNT"])

    def test_the_bots_configuration_names_what_was_seeded(self) -> None:
        config = tomllib.loads(pathlib.Path(world.env["LANDLORD_DEV_CONFIG"]).read_text())
        self.assertEqual(set(config["environments"]), {"dev", "sit", "prod"})
        for name, one in config["environments"].items():
            made = world.infra[name]
            self.assertEqual((one["account"], one["zone"]), (made["AWS_ACCOUNT"], made["HOSTED_ZONE_ID"]))
            self.assertEqual(one["subnets"], made["SUBNETS"].split(","))
            self.assertEqual(one["backup"], {"task": f"{name}-tenant-backup", "bucket": f"{name}-tenant-backups"})
            world.client("ecs", name).describe_task_definition(taskDefinition=one["backup"]["task"])
            world.client("s3", name).head_bucket(Bucket=one["backup"]["bucket"])
            secret = pathlib.Path(one["database"]["password_file"])
            self.assertEqual(stat.S_IMODE(secret.stat().st_mode), 0o600)
            url = urllib.parse.urlsplit(world.env[f"MYSQL_{name.upper()}_URL"])
            self.assertEqual((url.port, url.password), (one["database"]["port"], secret.read_text()))

    def test_the_databases_know_only_their_administrator(self) -> None:
        for name in world.infra:
            with world.database(name).cursor() as cursor:
                cursor.execute("SELECT User FROM mysql.user WHERE User IN ('', 'root')")
                self.assertEqual(cursor.fetchall(), ())

    def test_postgresql_lets_in_its_own_role_only(self) -> None:
        ask = ["psql", world.env["POSTGRES_URL"], "-Atc", "SELECT current_user, current_database()"]
        self.assertEqual(subprocess.run(ask, capture_output=True, text=True, check=True).stdout, "landlord|landlord\n")
        wrong = ["psql", world.env["POSTGRES_URL"].replace("landlord:", "landlord:x"), "-Atc", "SELECT 1"]
        self.assertNotEqual(subprocess.run(wrong, capture_output=True, check=False).returncode, 0)


class OneAtATime(unittest.TestCase):
    def test_a_crash_is_reported_and_mended(self) -> None:
        self.assertEqual(world.run("status").returncode, 0)
        with world.database().cursor() as cursor:
            cursor.execute("CREATE DATABASE forgotten_db")
        os.kill(pids(world)["moto"], signal.SIGKILL)
        eventually(lambda: runs(pids(world)["moto"]), False)
        told = world.run("status", check=False)
        self.assertEqual(told.returncode, 1)
        self.assertRegex(told.stdout, r"moto +\d+  ended by itself; see .*moto\.log")
        world.run("up")
        world.read()
        # The emulator's memory went with it: everything is seeded anew, and no database of a tenant is left over.
        with world.database().cursor() as cursor:
            cursor.execute("SHOW DATABASES LIKE 'forgotten_db'")
            self.assertEqual(cursor.fetchall(), ())
        acme = world.tenant("mended").start()
        eventually(acme.stable)
        world.companion("POST", "reset")

    def test_a_database_server_stops_and_comes_back_with_its_data(self) -> None:
        acme = world.tenant("stays", "sit").start()
        eventually(acme.health, ["healthy"])
        world.run("stop", "mariadb-sit")
        status, page = world.get(acme.host)
        self.assertEqual(status, 500)
        self.assertIn("Error establishing a database connection", page)
        world.run("start", "mariadb-sit")
        self.assertEqual(world.get(acme.host)[0], 302)
        world.companion("POST", "reset")

    def test_an_unknown_name_is_refused(self) -> None:
        done = world.run("stop", "mariadb", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("mariadb-dev", done.stderr)


if __name__ == "__main__":
    unittest.main()
