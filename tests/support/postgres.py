"""A PostgreSQL server of our own: in a directory of its own, on a socket file, no durability."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from glob import glob
from pathlib import Path

import psycopg
import pytest
from peers import PATIENCE_S, until


def programs() -> Path:
    """Return where PostgreSQL's programs are; without them skip, or fail where CI is set."""
    places = sorted(glob("/usr/lib/postgresql/*/bin/postgres"))  # noqa: PTH207
    found = places[-1] if places else shutil.which("postgres")
    if found is None:
        message = "not installed: postgresql (.ci/setup test installs it as root)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return Path(str(found)).parent


class Postgres:
    """A server that can be stopped, killed and started again; `url(database)` leads to it."""

    def __init__(self) -> None:
        self._bin = programs()
        # PostgreSQL refuses to run as root, and socket files have short paths.
        self.directory = Path(tempfile.mkdtemp(prefix="pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        self.directory.chmod(0o755)
        self._data = self.directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._run("initdb", "-D", str(self._data), "-U", "probes", "-A", "trust", "-N")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql:///{database}?host={self.directory}&user=probes"

    def start(self) -> None:
        told = ("-c", "listen_addresses=", "-c", "max_connections=60", "-F")
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", "-D", str(self._data), "-k", str(self.directory), *told),
                stdout=log,
                stderr=log,
                user=self._user,
                extra_groups=[] if self._user else None,
                cwd=self.directory,
            )
        until(self._answers, "PostgreSQL answers")

    def stop(self) -> None:
        """Stop at once, as a fast shutdown does: sessions are ended, nothing is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE_S)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def new_database(self) -> str:
        """Make an empty database; return its address."""
        self._databases += 1
        name = f"engine{self._databases}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            pytest.fail((self.directory / "log").read_text("utf-8", "replace")[-2000:])
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [str(self._bin / program), *arguments]

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            self._command(program, *arguments),
            check=True,
            capture_output=True,
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.directory,
            timeout=PATIENCE_S,
        )
