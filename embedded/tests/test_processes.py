"""Forked processes: what they get, what they do not get, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.processes import ForkedModule, Running
from shared.testing.waiting import wait_until

HERE = {"PATH": os.environ["PATH"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules a forked process can load."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path


def run(folder: Path, program: str, *arguments: str, **environment: str) -> Running:
    """The module `told` with this text, started."""
    (folder / "told.py").write_text(program, encoding="utf-8")
    return ForkedModule("caseload told", "told", arguments).start({**HERE, **environment})


def said(process: Running) -> str:
    """All that it wrote, once it has ended."""
    text = process.output.read().decode()
    assert process.wait(20)
    return text


def test_it_is_what_python_m_would_be(folder: Path) -> None:
    process = run(folder, "import sys; print(__name__, sys.argv[1:], file=sys.stderr); sys.exit(7)", "a", "b c")
    assert said(process) == "__main__ ['a', 'b c']\n"
    assert process.ended() == 7


def test_it_has_its_own_environment_and_nothing_of_ours(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_STARTER", "x")
    process = run(folder, "import os; print(sorted(os.environ))", OWN="1")
    assert said(process) == "['OWN', 'PATH']\n"


def test_it_has_no_file_but_the_three_that_every_process_has(folder: Path) -> None:
    process = run(folder, "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))")
    assert said(process) in ("[0, 1, 2, 3]\n", "[0, 1, 2]\n")  # the listing itself may be one


def test_it_knows_no_service_but_what_it_loads(folder: Path) -> None:
    loaded = "import sys; print([name for name in sys.modules if name.startswith(('services.', 'gateway'))])"
    assert said(run(folder, loaded)) == "[]\n"


def test_lists_that_several_hold_are_loaded_before_the_fork(folder: Path) -> None:
    assert said(run(folder, "import sys; print('zxcvbn.frequency_lists' in sys.modules)")) == "True\n"


def test_its_name_is_what_ps_shows(folder: Path) -> None:
    process = run(folder, "import time; print('up', flush=True); time.sleep(60)")
    assert process.output.readline() == b"up\n"
    assert Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8").startswith("caseload told")
    assert os.getsid(process.pid) == process.pid, "a Ctrl-C at the terminal would reach it"
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(20)
    assert process.ended() == -signal.SIGKILL


def test_waiting_ends_when_the_time_is_over(folder: Path) -> None:
    process = run(folder, "import time; time.sleep(60)")
    assert not process.wait(0.05)
    assert process.ended() is None
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20)
    assert process.ended() == -signal.SIGTERM


def test_it_ends_with_who_started_it_however_that_dies(folder: Path) -> None:
    (folder / "told.py").write_text("import os, time; print(os.getpid(), flush=True); time.sleep(60)", encoding="utf-8")
    (folder / "starter.py").write_text(
        "import os, signal\n"
        "from embedded.processes import ForkedModule\n"
        "if __name__ == '__main__':\n"
        "    process = ForkedModule('caseload told', 'told', ()).start(dict(os.environ))\n"
        "    print(process.output.readline().decode(), end='', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    starter = subprocess.run(
        [sys.executable, "-m", "starter"],
        env={**HERE, "PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    forked = int(starter.stdout)
    wait_until(lambda: not Path(f"/proc/{forked}").exists(), 20, "the end of the forked process")
