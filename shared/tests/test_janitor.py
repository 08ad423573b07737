"""What tests start ends with them, however they end: the broker with its port mapper, the database server, folders."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.testing.janitor import Folder, processes_on
from shared.testing.rabbitmq import IMAGE, SCRIPT
from shared.testing.waiting import wait_until

ROOT = Path(__file__).parents[2]
HOLDING = """
import os, time
from pathlib import Path
from shared.testing.databases import TestServer
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.web import Keys

def test_that_never_ends():
    server, keys, broker = TestServer(), Keys(), PrivateRabbitMQ()
    broker.start()
    Path("worker.new").write_text(str(os.getpid()))
    Path("worker.new").rename("worker")
    time.sleep(600)
"""


def started(folder: Path, temporary: Path) -> subprocess.Popen[bytes]:
    """A run of pytest with one worker, whose test holds a database server and a broker."""
    temporary.mkdir()
    (folder / "test_holding.py").write_text(HOLDING, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "1", "--rootdir", ".", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer to load than the test to run
    with (folder / "output").open("wb") as output:
        run = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, preexec_fn=hears_ctrl_c
        )
    try:
        wait_until(lambda: (folder / "worker").exists() or run.poll() is not None, 120, "the broker")
    except AssertionError:
        run.terminate()
        raise
    return run


def hears_ctrl_c() -> None:
    """In the child: also where the shell started these tests in its background, which has Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupt(run: subprocess.Popen[bytes], _folder: Path) -> None:
    run.send_signal(signal.SIGINT)


def terminate(run: subprocess.Popen[bytes], _folder: Path) -> None:
    run.terminate()


def kill_its_worker(_run: subprocess.Popen[bytes], folder: Path) -> None:
    os.kill(int((folder / "worker").read_text(encoding="utf-8")), signal.SIGKILL)


@pytest.mark.rabbitmq
@pytest.mark.skipif(not SCRIPT.exists(), reason="needs a private node of the machine's binary")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("end", [interrupt, terminate, kill_its_worker])
def test_nothing_outlives_a_run(tmp_path: Path, end: Callable[[subprocess.Popen[bytes], Path], None]) -> None:
    temporary = tmp_path / "temporary"
    run = started(tmp_path, temporary)
    held = {path.name.rsplit("-", 1)[0] for path in temporary.glob("caseload-*")}
    assert held == {"caseload-pg", "caseload-keys", "caseload-mq"}, (tmp_path / "output").read_text(encoding="utf-8")
    commands = " ".join(Path(f"/proc/{pid}/cmdline").read_text() for pid in processes_on(str(temporary)))
    assert "epmd" in commands and "beam" in commands and "postgres" in commands

    end(run, tmp_path)

    run.wait(60)
    wait_until(lambda: not processes_on(str(temporary)), 60, "the end of every process")
    assert not list(temporary.glob("caseload-*"))


def test_a_folder_goes_with_what_runs_on_it() -> None:
    with Folder("caseload-test-") as folder:
        stubborn = f"trap '' INT TERM; echo > {folder.path}/ready; while :; do sleep 0.1; done"
        process = subprocess.Popen(["setsid", "sh", "-c", stubborn])
        wait_until((folder.path / "ready").exists, 10, "the process")
    assert process.wait(10) == -signal.SIGKILL
    assert not folder.path.exists()


def _image_is_there() -> bool:
    return (
        bool(shutil.which("docker"))
        and not subprocess.run(["docker", "image", "inspect", IMAGE], check=False, capture_output=True).returncode
    )


@pytest.mark.rabbitmq
def test_a_container_goes_with_its_run() -> None:
    if not _image_is_there():
        pytest.skip("needs a Docker engine with the image")
    holding = (
        "import sys, time\nfrom shared.testing.rabbitmq import ContainerRabbitMQ\n"
        "with ContainerRabbitMQ() as broker:\n    print(broker.name, flush=True)\n    time.sleep(600)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", holding], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    name = run.stdout.readline().strip()

    def listed() -> str:
        command = ["docker", "ps", "-aq", "--filter", f"name=^{name}$"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert name and listed()
    run.kill()
    run.wait()
    wait_until(lambda: not listed(), 60, "the end of the container")
