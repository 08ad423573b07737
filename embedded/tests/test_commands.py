"""`make up` as a newcomer meets it: it starts, refuses a second copy, stops cleanly, finds its data again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from embedded import keeper as keeping
from embedded.home import Home
from embedded.keeper import Child, Keeper
from embedded.processes import Command
from shared.ports import reserve_port
from shared.testing.waiting import wait_until
from tests.practice import Practice

ROOT = Path(__file__).parents[2]


def start(folder: Path, port: int, command: str = "up") -> subprocess.Popen[str]:
    environment = {**os.environ, "CASELOAD_DATA": str(folder), "PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "embedded", command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def processes_of(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str(folder) in (entry / "environ").read_text() + (entry / "cmdline").read_text():
                    found.append(int(entry.name))
            except (OSError, UnicodeDecodeError):
                continue
    return found


@pytest.mark.timeout(240)
def test_a_stacks_life(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", reserve_port()
    running = start(folder, port)
    wait_until(lambda: ready(port), 90, "the stack")
    practice = Practice(f"http://127.0.0.1:{port}")

    second = start(folder, reserve_port())
    output = second.communicate(timeout=30)[0]
    assert second.returncode == 1
    assert "runs on" in output
    assert f"127.0.0.1:{port}" in output

    running.send_signal(signal.SIGINT)
    output = running.communicate(timeout=60)[0]
    assert running.returncode == 0, output
    assert "Stopped." in output
    wait_until(lambda: processes_of(folder) == [], 10, "the end of every process")

    with socket.create_server(("127.0.0.1", port)):
        taken = start(folder, port)
        output = taken.communicate(timeout=30)[0]
    assert taken.returncode == 1
    assert f"Port {port} is in use" in output

    started = time.monotonic()
    running = start(folder, port)
    wait_until(lambda: ready(port), 60, "the second start")
    print(f"second start: {time.monotonic() - started:.1f} s")
    practice.sign_in("owner").get("/me")

    running.kill()  # not even the keeper can say goodbye
    running.wait()
    wait_until(lambda: processes_of(folder) == [], 20, "the end of the orphans")
    running = start(folder, port)
    wait_until(lambda: ready(port), 60, "the start after a kill")
    practice.sign_in("owner").get("/me")
    running.terminate()
    assert running.wait(60) == 0


def test_a_crashed_child_is_started_again_with_a_word_about_it(tmp_path: Path) -> None:
    printed: list[str] = []
    child = Child("sleeper", Command(["sleep", "60"]), dict(os.environ), tmp_path / "log")
    keeper = Keeper([child], printed.append)
    keeper.start()
    first: Any = child.process
    threading.Thread(target=keeper.watch, daemon=True).start()
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: child.process is not first and child.alive(), 10, "the restart")
    assert "sleeper ended (killed by SIGKILL)" in printed[0]
    keeper.stop()
    assert not child.alive()


def test_an_end_is_noticed_without_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 3600.0)
    started = tmp_path / "started"
    started.touch()  # the child may take a moment until it writes
    child = Child("short", Command(["sh", "-c", f"echo x >> {started}; sleep 0.5"]), dict(os.environ), tmp_path / "log")
    keeper = Keeper([child], lambda _line: None)
    keeper.start()
    watching = threading.Thread(target=keeper.watch, daemon=True)
    watching.start()
    wait_until(lambda: len(started.read_text(encoding="utf-8").split()) >= 3, 20, "the second restart")
    keeper.stop()
    watching.join(5)
    assert not watching.is_alive(), "a stop ends its wait"


def test_secrets_are_made_once_and_are_for_nobody_else(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    home.enter()
    first, key = home.passwords(), home.private_key("billing").read_bytes()
    again = Home(tmp_path / "data")
    assert again.passwords() == first
    assert again.private_key("billing").read_bytes() == key
    for secret in (tmp_path / "data" / "passwords.json", home.private_key("billing")):
        assert secret.stat().st_mode & 0o077 == 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("people", [[{"email": "a@b.test", "level": "billing", "job": "biller"}], None])
def test_a_demo_names_the_people_of_the_practice_that_is_there(
    tmp_path: Path, people: list[dict[str, str]] | None
) -> None:
    """A demo that an earlier version played has no list: that is said, and no address of today's people."""
    folder, port = tmp_path / "data", reserve_port()
    folder.mkdir()
    kept: dict[str, object] = {"password": "of that day", **({"people": people} if people else {})}
    (folder / "sign-ins.json").write_text(json.dumps(kept), encoding="utf-8")
    running = start(folder, port, "demo")
    lines: list[str] = []
    assert running.stdout is not None
    for line in running.stdout:
        lines.append(line.rstrip())
        if "Ctrl-C stops everything" in line:
            break
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 0
    printed = "\n".join(lines)
    assert f"Open http://localhost:{port} " in printed
    assert "riverbend.test" not in printed
    if people:
        at = lines.index("Sign in with the password of that day as:")
        assert lines[at + 1].split() == ["a@b.test", "billing", "biller"]
    else:
        assert "holds the practice of an earlier demo, with the password of that day" in printed
        assert "delete the folder" in printed
