"""A real RabbitMQ for tests: one that is given, else a container, else a private node of the machine's own binary.

Never a server that happens to listen at a default port. The private node has its own name, ports, cookie and data
folder, listens on loopback only, and ends with the tests.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pika

from shared import clock
from shared.database.local_postgres import die_with_parent
from shared.ports import reserve_port
from shared.testing.janitor import Folder, janitor
from shared.testing.waiting import wait_until

IMAGE: Final = "rabbitmq:4-management"
START_SECONDS: Final = 90
EPMD_SECONDS: Final = 10
SCRIPT: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
ADVICE: Final = (
    "No RabbitMQ for the tests: set AMQP_URL to one that they may use, start a Docker engine, or install the server "
    "(Debian: apt-get install rabbitmq-server)."
)


class NoRabbitMQ(Exception):
    """None of the ways leads to a server."""


class PrivateRabbitMQ:
    """A throw-away node in a temporary folder."""

    def __init__(self) -> None:
        self._folder = Folder("caseload-mq-")
        self.port = reserve_port()
        self._epmd_port = reserve_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        home = self._folder.path
        (home / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\nloopback_users = none\ndisk_free_limit.absolute = 100MB\n"
            "default_user = tests\ndefault_pass = for-tests-only\n",
            encoding="utf-8",
        )
        (home / "plugins").write_text("[].\n", encoding="utf-8")
        cookie = home / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(20), encoding="utf-8")
        cookie.chmod(0o400)

    @property
    def url(self) -> str:
        """The AMQP address."""
        return f"amqp://tests:for-tests-only@127.0.0.1:{self.port}/%2F"

    def start(self) -> None:
        """Start the node, installed where it is missing, and wait until AMQP works; raises `NoRabbitMQ`."""
        if not SCRIPT.exists():
            _install()
        self._start_epmd()
        with (self._folder.path / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [str(SCRIPT)],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGTERM),
            )
        wait_for_amqp(self.url)

    def kill(self) -> None:
        """SIGKILL the node and its children. For fault tests."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def forget_everything(self) -> None:
        """Delete the node's data while it is down: a broker with amnesia."""
        shutil.rmtree(self._folder.path / "data", ignore_errors=True)

    def files_with(self, pattern: str) -> list[str]:
        """The files of its data and its log in which a regular expression, in lower case, is found."""
        folder = self._folder.path
        files = (file for name in ("data", "log") for file in (folder / name).rglob("*") if file.is_file())
        return [
            str(file.relative_to(folder))
            for file in files
            if re.search(pattern, file.read_bytes().decode("latin-1").lower())
        ]

    def close(self) -> None:
        """End the node and its port mapper, and delete its folder."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None
        self._folder.close()

    def _start_epmd(self) -> None:
        """The port mapper as a child of ours: a node that finds none starts one that outlives it and everybody."""
        if self._epmd is not None:
            return
        self._epmd = subprocess.Popen(
            ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"],  # noqa: S607 - from PATH
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        wait_until(lambda: _listens(self._epmd_port), EPMD_SECONDS, "the port mapper")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _environment(self) -> dict[str, str]:
        folder = str(self._folder.path)
        return {
            "PATH": os.environ["PATH"] + ":/usr/lib/rabbitmq/bin",
            "HOME": folder,
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"caseload{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_DIST_PORT": str(reserve_port()),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }


class ContainerRabbitMQ:
    """The same from a container, which our own janitor removes: testcontainers' would be one more image to fetch."""

    def __init__(self) -> None:
        from testcontainers.core.config import testcontainers_config
        from testcontainers.core.container import DockerContainer

        testcontainers_config.ryuk_disabled = True
        self.name = f"caseload-mq-{secrets.token_hex(8)}"
        self._container = (
            DockerContainer(IMAGE)
            .with_name(self.name)
            .with_env("RABBITMQ_DEFAULT_USER", "tests")
            .with_env("RABBITMQ_DEFAULT_PASS", "for-tests-only")
        )
        self._container.ports = {"5672/tcp": ("127.0.0.1", None)}  # a free port, of this machine alone
        self.url = ""

    def __enter__(self) -> Self:
        janitor().watch("container", self.name)
        try:
            self._container.start()
            self.url = f"amqp://tests:for-tests-only@127.0.0.1:{self._container.get_exposed_port(5672)}/%2F"
            wait_for_amqp(self.url)
        except BaseException:
            self._container.stop()
            raise
        return self

    def files_with(self, pattern: str) -> list[str]:
        """The files of its data, and its log, in which a regular expression, in lower case, is found."""
        _, found = self._container.exec(["grep", "-rsliE", "--", pattern, "/var/lib/rabbitmq", "/var/log/rabbitmq"])
        log = b"".join(self._container.get_logs()).decode().lower()
        return sorted(found.decode().split()) + (["log"] if re.search(pattern, log) else [])

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._container.stop()
        janitor().forget("container", self.name)


class GivenRabbitMQ:
    """One that somebody else runs, at `AMQP_URL`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Self:
        wait_for_amqp(self.url)
        return self

    def files_with(self, pattern: str) -> list[str]:
        """Its disk cannot be looked at."""
        return []

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """It is not ours to stop."""


Broker = GivenRabbitMQ | ContainerRabbitMQ | PrivateRabbitMQ


@contextmanager
def rabbitmq() -> Iterator[Broker]:
    """The first way that leads to a server; raises `NoRabbitMQ`, saying what to install."""
    with ExitStack() as stack:
        yield _first_that_works(stack)


def _first_that_works(stack: ExitStack) -> Broker:
    if given := os.environ.get("AMQP_URL"):
        return stack.enter_context(GivenRabbitMQ(given))
    if _docker_answers():
        try:
            return stack.enter_context(ContainerRabbitMQ())
        except Exception as error:
            print(f"no RabbitMQ from a container ({type(error).__name__}), taking a private node", file=sys.stderr)
    return stack.enter_context(PrivateRabbitMQ())


def wait_for_amqp(url: str) -> None:
    """Return when a queue can be declared: the port opens long before AMQP works. Raises `NoRabbitMQ`."""
    deadline = clock.monotonic() + START_SECONDS
    while True:
        try:
            connection = pika.BlockingConnection(pika.URLParameters(url))
            channel = connection.channel()
            channel.queue_declare("", exclusive=True)
            connection.close()
        except (pika.exceptions.AMQPError, OSError) as error:
            if clock.monotonic() > deadline:
                raise NoRabbitMQ(f"no AMQP within {START_SECONDS} s") from error
            clock.sleep(0.3)
        else:
            return


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _docker_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], check=False, capture_output=True).returncode == 0  # noqa: S607 - from PATH


def _install() -> None:
    """As root on Debian: the package, without starting the service that comes with it."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoRabbitMQ(ADVICE)
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        janitor().watch("file", str(policy))
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]):
            packages = ["rabbitmq-server"] if "install" in command else []
            done = subprocess.run([*command, *packages], check=False, capture_output=True, env=environment)
            if done.returncode:
                raise NoRabbitMQ(ADVICE)
    finally:
        if ours:
            policy.unlink()
            janitor().forget("file", str(policy))
