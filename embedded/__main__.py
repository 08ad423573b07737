"""`python -m embedded up | demo | status | mail | verify-audit`: what the targets of the same names in Makefile call.

`rotate-keys` gives everybody a fresh signing key, `retire-keys` takes the old ones away; both while the stack runs.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from embedded.api_client import ApiError
from embedded.demo import practice
from embedded.demo.player import Played, begins_at, play
from embedded.home import Home, InUse, write_secret
from embedded.past import NotFresh, Past
from embedded.stack import DidNotStart, Stack, port_is_free
from shared.database.local_postgres import PostgresDidNotStart
from shared.keys.rotation import TooEarly

PORT = 8080
MAILS_SHOWN = 20
COMMANDS = ("up", "demo", "status", "rotate-keys", "retire-keys", "mail", "verify-audit")
CONSOLE = Console(highlight=False)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m embedded")
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args(arguments).command
    home = _home(command)
    if command == "status":
        return _status(home)
    if command == "mail":
        return _show_mail(home)
    if command == "verify-audit":
        return _verify_audit(home)
    try:
        if command in ("rotate-keys", "retire-keys"):
            changed = home.rotate_keys() if command == "rotate-keys" else home.retire_keys()
            CONSOLE.print(f"{'New' if command == 'rotate-keys' else 'Gone'}: {', '.join(changed) or 'nothing'}")
            return 0
        return _run(home, int(os.environ.get("PORT") or PORT), demo=command == "demo")
    except (InUse, NotFresh, DidNotStart, PostgresDidNotStart, ApiError, TooEarly) as error:
        CONSOLE.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        return 1


def _home(command: str) -> Home:
    """The folder that was named, else the command's own; what asks a running stack asks the one that runs."""
    if folder := os.environ.get("CASELOAD_DATA"):
        return Home(Path(folder))
    up, demo = Home(Path(".data/up")), Home(Path(".data/demo"))
    if command == "demo":
        return demo
    return demo if command != "up" and demo.running() and not up.running() else up


def _run(home: Home, port: int, *, demo: bool) -> int:
    started = time.monotonic()
    home.enter()
    if not port_is_free(port):
        CONSOLE.print(f"[red]Port {port} is in use. Choose another: PORT=9090 make {'demo' if demo else 'up'}[/red]")
        return 1
    past = Past(home, begins_at()) if demo and not _sign_ins(home).exists() else None
    stack = Stack(home, port, lambda line: CONSOLE.print(f"[yellow]{line}[/yellow]"), past=past)
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: _interrupt(signals, number))
    try:
        with CONSOLE.status("Starting …") as status:
            stack.start(lambda what: status.update(f"Starting {what} …"))
        assert stack.keeper is not None
        processes = stack.keeper.processes() | {"postgres": stack.postgres.pid}
        home.note_running(url=stack.url, processes=processes, postgres_port=stack.postgres.port)
        CONSOLE.print(f"Ready after {time.monotonic() - started:.1f} s.")
        threading.Thread(target=stack.keeper.watch, daemon=True).start()
        if demo:
            _play_once(home, stack, past)
        _say_where(home, stack.url)
        while not signals:
            time.sleep(1.0)  # a signal ends it
    except KeyboardInterrupt:
        CONSOLE.print()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # stopping is under way; a second Ctrl-C must not leave half of it
        with CONSOLE.status("Stopping …"):
            stack.stop()
        home.note_stopped()
        CONSOLE.print("Stopped. The data stays in " + str(home.folder))
    return 0


def _interrupt(signals: list[int], number: int) -> None:
    """Ends the wait when up, and whatever is being started or played before that.

    It takes no lock: a second signal that came meanwhile would wait for it for ever.
    """
    signals.append(number)
    if len(signals) == 1:
        raise KeyboardInterrupt


def _sign_ins(home: Home) -> Path:
    """Who was told how to sign in: the sign that a demo has been played to its end."""
    return home.folder / "sign-ins.json"


def _play_once(home: Home, stack: Stack, past: Past | None) -> None:
    if past is None:
        _say_sign_ins(home)
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description:48}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=CONSOLE,
    ) as progress:

        def step(title: str, total: int) -> Callable[[], None]:
            task = progress.add_task(title, total=total)
            return lambda: progress.advance(task)

        played = play(stack.url, step, past, mailbox=None if os.environ.get("SMTP_URL") else home.mailbox)
    stack.past_has_ended()
    people = [{"email": member.email, "level": member.level, "job": member.job} for member in practice.STAFF]
    write_secret(_sign_ins(home), json.dumps({"password": played.password, "people": people}))
    _say_what_was_done(played)
    _say_sign_ins(home)


def _say_what_was_done(played: Played) -> None:
    made = ", ".join(f"{count} {what}" for what, count in played.counts.items())
    CONSOLE.print(f"\n[bold]{practice.ORGANIZATION}[/bold]: {made}.", soft_wrap=True)
    CONSOLE.print(
        f"Charged ${played.charged_cents / 100:,.2f}, received ${played.paid_cents / 100:,.2f},"
        f" in {played.requests} requests through the gateway, {played.seconds:.0f} s.",
        soft_wrap=True,
    )


def _say_sign_ins(home: Home) -> None:
    """Who can sign in to the practice that is in the folder, also where a later demo would have other people."""
    kept = json.loads(_sign_ins(home).read_text(encoding="utf-8"))
    if "people" not in kept:
        CONSOLE.print(
            f"\n{home.folder} holds the practice of an earlier demo, with the password [bold]{kept['password']}[/bold] "
            "and people whose addresses it did not write down.\nTo begin anew, stop this and delete the folder.",
            soft_wrap=True,
        )
        return
    CONSOLE.print(f"\nSign in with the password [bold]{kept['password']}[/bold] as:", soft_wrap=True)
    for person in kept["people"]:
        CONSOLE.print(f"  {person['email']:36} {person['level']:28} {person['job']}", soft_wrap=True)


def _say_where(home: Home, url: str) -> None:
    page = url.replace("127.0.0.1", "localhost")  # the name that browsers take for a safe place: passkeys need one
    CONSOLE.print(f"\nOpen [bold]{page}[/bold] (the API is described at {page}/api/v1/docs).", soft_wrap=True)
    CONSOLE.print(f"Data and logs: {home.folder}. Ctrl-C stops everything.", soft_wrap=True)


def _verify_audit(home: Home) -> int:
    """Every audit trail against its own hashes and against the checkpoints that clients keeps."""
    running = home.running()
    if running is None:
        CONSOLE.print("[red]Nothing runs here: start it with make up.[/red]")
        return 1
    stack = Stack(home, PORT, CONSOLE.print)
    stack.postgres.port = running["postgres_port"]
    checkpoints = stack.run_command("clients", "audit-checkpoints")
    verified = stack.run_command("identity", "verify-audit", "--checkpoints", "-", given=checkpoints.stdout)
    CONSOLE.print((checkpoints.stderr + verified.stdout + verified.stderr).strip())
    return checkpoints.returncode or verified.returncode


def _status(home: Home) -> int:
    running = home.running()
    if running is None:
        CONSOLE.print(f"Nothing runs on {home.folder}.")
        return 1
    CONSOLE.print(f"{running['url']}, process {running['pid']}")
    total = 0
    for name, pid in running["processes"].items():
        kilobytes = _memory_kilobytes(pid)
        total += kilobytes
        CONSOLE.print(f"  {name:18} {pid:>8} {kilobytes / 1024:8.1f} MB")
    CONSOLE.print(f"  {'all':18} {'':8} {total / 1024:8.1f} MB (proportional share, with children)")
    return 0


def _show_mail(home: Home) -> int:
    files = sorted(home.mailbox.glob("*.eml"), reverse=True)[:MAILS_SHOWN]
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        CONSOLE.print(f"[bold]{escape(str(message['Subject']))}[/bold]  to {escape(str(message['To']))}")
        CONSOLE.print(escape(str(message.get_content())), soft_wrap=True)
    CONSOLE.print(f"{len(files)} shown, all in {home.mailbox}" if files else f"No mail yet in {home.mailbox}")
    return 0


def _memory_kilobytes(pid: int) -> int:
    """The proportional set size of a process and its children; 0 where it cannot be read."""
    total = 0
    for process in (pid, *_children(pid)):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [child for child_pid in found.split() for child in (int(child_pid), *_children(int(child_pid)))]


if __name__ == "__main__":
    sys.exit(main())
