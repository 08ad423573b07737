"""The running compose stack as the tests see it, and containers beside it with addresses of their own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from shared.testing.waiting import wait_until

URL: Final = os.environ.get("CASELOAD_URL", "")
COMPOSE: Final = shlex.split(os.environ.get("COMPOSE", "docker compose"))
PROJECT: Final = os.environ.get("COMPOSE_PROJECT_NAME", "caseload")
SCRIPTS: Final = Path(__file__).parent / "scripts"
APPLICATION: Final = "caseload:local"
EDGE: Final = "caseload-edge:local"
PUBLIC: Final = f"{PROJECT}_public"  # the network of the edge and of everybody outside
DOOR: Final = f"{PROJECT}_door"  # the network of the edge and the gateway
LABEL: Final = f"caseload.test={PROJECT}"  # .ci/run removes what carries it

needs_the_stack = [pytest.mark.compose, pytest.mark.skipif(not URL, reason="no compose stack was started")]


def docker(*arguments: str) -> str:
    """What a docker command prints; raises with what it complained of."""
    done = subprocess.run(["docker", *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout


def compose(*arguments: str) -> str:
    """What a compose command prints."""
    return subprocess.run([*COMPOSE, *arguments], check=True, capture_output=True, text=True).stdout


def containers(service: str) -> list[str]:
    """The ids of a service's containers."""
    return compose("ps", "-q", service).split()


def in_container(container: str, code: str) -> str:
    """What Python code prints inside a container of the application."""
    return docker("exec", container, "python", "-c", code)


def inspected(*names: str) -> list[dict[str, Any]]:
    """What the engine knows of containers."""
    return list(json.loads(docker("inspect", *names)))


def addresses(container: str) -> dict[str, str]:
    """Network -> the container's address in it."""
    return addresses_in(inspected(container)[0])


def addresses_in(details: dict[str, Any]) -> dict[str, str]:
    """The same from what `inspected` found."""
    networks = details["NetworkSettings"]["Networks"]
    return {name: network["IPAddress"] for name, network in networks.items() if network["IPAddress"]}


class Beside:
    """A script of `scripts/` that runs in a container of its own. It ends when its input does."""

    def __init__(self, script: str, *arguments: str | int, network: str = PUBLIC) -> None:
        code = (SCRIPTS / f"{script}.py").read_text(encoding="utf-8")
        command = ["docker", "run", "--rm", "-i", "--no-healthcheck", "--label", LABEL, "--network", network]
        command += ["--env", "RES_OPTIONS=timeout:1 attempts:1"]
        command += [APPLICATION, "python", "-c", code, *map(str, arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line: str) -> dict[str, Any]:
        """Send a line; returns the JSON line that answers it."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """The next line that it prints."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the container ended without a word"
        heard: dict[str, Any] = json.loads(line)
        return heard

    def end(self) -> dict[str, Any]:
        """Close its input and wait until it has ended; returns its last line, or nothing."""
        printed, _ = self._process.communicate(timeout=60)
        last: dict[str, Any] = json.loads(printed.splitlines()[-1]) if printed else {}
        return last

    def stop(self) -> None:
        """End it, if a test has not yet, whatever it prints."""
        if self._process.poll() is None:
            self.end()


@contextmanager
def beside(script: str, *arguments: str | int, network: str = PUBLIC, times: int = 1) -> Iterator[list[Beside]]:
    """So many containers with the same script, each with an address of its own, while the block runs."""
    running = [Beside(script, *arguments, network=network) for _ in range(times)]
    try:
        yield running
    finally:
        for started in running:
            started.stop()


@contextmanager
def container(*arguments: str, also_in: str | None = None) -> Iterator[str]:
    """A container in the background while the block runs, in a second network too if one is named."""
    made = docker("create", "--label", LABEL, "--no-healthcheck", *arguments).strip()
    try:
        if also_in:
            docker("network", "connect", also_in, made)
        docker("start", made)
        yield made
    finally:
        docker("rm", "--force", "--volumes", made)


@contextmanager
def echo() -> Iterator[str]:
    """A gateway that answers with the request that reached it; yields the value for EDGE_GATEWAY."""
    name = f"{PROJECT}-echo"
    code = (SCRIPTS / "echo.py").read_text(encoding="utf-8")
    with container("--name", name, "--network", DOOR, APPLICATION, "python", "-c", code) as made:
        wait_until(lambda: "listening" in docker("logs", made), 20, "the echo")
        yield f"{name}:8000"


@contextmanager
def second_edge(gateway: str, *options: str, settings: Sequence[str] = ()) -> Iterator[str]:
    """Another edge in front of that gateway, with settings `NAME=value`; yields its container."""
    chosen = [part for setting in (f"EDGE_GATEWAY={gateway}", *settings) for part in ("--env", setting)]
    hardened = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true")
    with container("--network", PUBLIC, *hardened, *chosen, *options, EDGE, also_in=DOOR) as made:
        health = ("exec", made, "curl", "--fail", "--silent", "http://127.0.0.1:8081/healthz")
        wait_until(lambda: subprocess.run(["docker", *health], check=False, capture_output=True).returncode == 0, 20)
        yield made
