"""Private data folders of MariaDB and PostgreSQL. Each is made once as a template and then copied, because making
one takes seconds and copying it a moment. Starting the servers is not done here."""

import fcntl
import glob
import hashlib
import os
import pathlib
import pwd
import secrets
import shutil
import subprocess
import tempfile

from . import process
from .layout import ADMIN, CACHE, LOG, SECRETS, STATE, private_write

POSTGRES_USER = "landlord"


def tool(name: str) -> str:
    """The full path of a database program: Debian keeps some of them outside PATH."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}")) or [f"/usr/sbin/{name}"]
    path = found[-1] if os.path.exists(found[-1]) else shutil.which(name)
    if path is None:
        raise SystemExit(f"dev/services: {name} is not installed; run dev/services up --install-only as root")
    return path


def owner(preferred: str) -> str | None:
    """Who runs a database server: both refuse root, so root hands over to the package's user. None: ourselves."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return preferred if preferred in names else "nobody"


def folder() -> pathlib.Path:
    """Where the data lie: in the state folder, or, when the servers' users cannot get there (a checkout below
    /root), in a folder of the temporary directory that belongs to this state folder alone."""
    reachable = os.getuid() != 0 or all(path.stat().st_mode & 0o001 for path in [STATE, *STATE.parents])
    if reachable:
        return STATE / "data"
    mark = hashlib.sha256(str(STATE).encode()).hexdigest()[:12]
    return pathlib.Path(tempfile.gettempdir()) / f"landlord-dev-{mark}"


def password(name: str) -> str:
    """A generated password, made at the first question. The three MariaDB servers share one, because the playbook's
    scripts know only one."""
    path = SECRETS / name
    if not path.exists():
        private_write(path, secrets.token_hex(16))
    return path.read_text()


def _run(argv: list[str], user: str | None, text: str = "") -> None:
    LOG.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        argv, check=False, input=text, text=True, capture_output=True, cwd="/", **process.as_user(user)
    )
    with (LOG / "databases.log").open("a") as log:
        log.write(done.stdout + done.stderr)
    if done.returncode:
        raise SystemExit(f"dev/services: {argv[0]} failed:\n{done.stdout}{done.stderr}")


def _copy(template: pathlib.Path, data: pathlib.Path, user: str | None) -> None:
    data.parent.mkdir(parents=True, exist_ok=True)
    data.parent.chmod(0o711)
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(template, data)
    data.chmod(0o700)
    _give(data, user)


def _give(path: pathlib.Path, user: str | None) -> None:
    if user:
        entry = pwd.getpwnam(user)
        for base, _, files in os.walk(path):
            for one in [base, *(os.path.join(base, file) for file in files)]:
                os.chown(one, entry.pw_uid, entry.pw_gid)


def _template(name: str, user: str | None, make) -> pathlib.Path:
    """The finished template, made in a scratch folder that the server's user can write."""
    done = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        # Three servers of one state folder ask at once, and other state folders beside them.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            return done
        with tempfile.TemporaryDirectory(prefix="landlord-dev-") as scratch:
            os.chmod(scratch, 0o711)
            fresh = pathlib.Path(scratch) / "data"
            fresh.mkdir(mode=0o700)
            _give(fresh, user)
            make(fresh)
            shutil.rmtree(CACHE / f"{name}.new", ignore_errors=True)
            shutil.copytree(fresh, CACHE / f"{name}.new")
            (CACHE / f"{name}.new").replace(done)
    return done


def mariadb(environment: str) -> pathlib.Path:
    """The data folder of one environment's MariaDB server, fresh if it is not there yet."""
    name, user = f"mariadb-{environment}", owner("mysql")
    data = folder() / name
    if not data.exists():
        make = [shutil.which("mariadb-install-db") or "/usr/bin/mariadb-install-db", "--no-defaults"]
        make += ["--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=8M"]
        make += ["--aria-log-file-size=8M", *([f"--user={user}"] if user else [])]
        _copy(_template("mariadb", user, lambda into: _run([*make, f"--datadir={into}"], None)), data, user)
        # The anonymous users would shadow 'somebody'@'%' over loopback, and root without a password is not needed.
        # One statement a line, as --init-file wants it.
        private_write(
            data / "init.sql",
            f"CREATE OR REPLACE USER '{ADMIN}'@'%' IDENTIFIED BY '{password('mariadb')}';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO '{ADMIN}'@'%' WITH GRANT OPTION;\n"
            "DELETE FROM mysql.global_priv WHERE User IN ('', 'root');\n"
            "FLUSH PRIVILEGES;\n",
        )
        _give(data, user)
    return data


def postgres() -> pathlib.Path:
    """The data folder of PostgreSQL, with the role and the database `landlord`, fresh if it is not there yet."""
    user = owner("postgres")
    data = folder() / "postgres"
    if not data.exists():
        make = [tool("initdb"), "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        make += [f"--username={POSTGRES_USER}"]

        def build(into: pathlib.Path) -> None:
            _run([*make, f"--pgdata={into}"], user)
            (into / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
            _run(
                [tool("postgres"), "--single", "-D", str(into), "postgres"], user, f"CREATE DATABASE {POSTGRES_USER}\n"
            )

        _copy(_template("postgres", user, build), data, user)
        alter = f"ALTER ROLE {POSTGRES_USER} PASSWORD '{password('postgres')}'\n"
        _run([tool("postgres"), "--single", "-D", str(data), "postgres"], user, alter)
    return data


def remove() -> None:
    """Forgets all data and passwords. The templates stay."""
    shutil.rmtree(folder(), ignore_errors=True)
    shutil.rmtree(SECRETS, ignore_errors=True)
