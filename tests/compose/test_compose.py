"""The stack of docker-compose.yml, as an operator started it: the chain, what is open to the outside, scaling.

Run by `.ci/run` with CASELOAD_URL, COMPOSE (the command) and COMPOSE_PROJECT_NAME set; `docker compose up` comes first.
"""

from __future__ import annotations

import os
import time
from typing import Final

import pytest
import requests

from shared.services import SERVICES
from shared.testing.waiting import wait_until
from tests.compose.stack import (
    APPLICATION,
    LABEL,
    URL,
    compose,
    containers,
    docker,
    in_container,
    inspected,
    needs_the_stack,
)
from tests.integration import test_first_day as flows
from tests.practice import Practice

pytestmark = needs_the_stack


def test_the_whole_chain(practice: Practice) -> None:
    flows.test_from_sign_up_to_the_ledger(practice)


def test_only_the_edges_port_is_published() -> None:
    found = inspected(*compose("ps", "-q").split())
    published = {
        container["Config"]["Labels"]["com.docker.compose.service"]
        for container in found
        if any(bindings for bindings in (container["NetworkSettings"]["Ports"] or {}).values())
    }
    assert published == {"edge"}
    assert all(not container["HostConfig"]["Privileged"] for container in found)


def test_measures_are_not_for_the_public() -> None:
    response = requests.get(f"{URL}/metrics", timeout=10)
    assert response.status_code == 404
    (gateway,) = containers("gateway")
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9000/metrics').read().decode())"
    assert "caseload_http_requests_total" in in_container(gateway, ask)


def test_a_service_sees_no_other_services_secrets() -> None:
    (clinical,) = containers("clinical-web")
    names = in_container(clinical, "import os; print(os.listdir('/run/caseload'))")
    assert "clinical_app.url" in names
    assert "billing" not in names.replace("billing.1.pem", "")


# Starts a process with a moved clock that names its own parent as the keeper: all that an embedded stack would say.
MOVED: Final = """
import json, os, subprocess, sys
with open("/dev/shm/past.json", "w") as file:
    json.dump({"keeper": os.getpid(), "behind_seconds": 86400}, file)
environment = {**os.environ, "MOVED_CLOCK": "/dev/shm/past.json"}
ended = subprocess.run([sys.executable, *sys.argv[1:]], env=environment, capture_output=True, text=True, timeout=30)
print(ended.returncode, ended.stderr)
"""
PROCESSES: Final = {
    "gateway": ("-c", "from gateway.app import create_app; create_app()"),
    **{
        f"{service} web": ("-c", f"from services.{service}.app import create_app; create_app()") for service in SERVICES
    },
    **{f"{service} worker": ("-m", f"services.{service}", "worker") for service in SERVICES},
    **{f"{service} jobs": ("-m", f"services.{service}", "jobs") for service in SERVICES},
}
# One of each kind; with ROUNDS, as in `make soak`, every process there is.
OF_EACH_KIND: Final = ("gateway", "identity web", "clinical worker", "billing jobs")


@pytest.mark.parametrize("process", PROCESSES if os.environ.get("ROUNDS") else OF_EACH_KIND)
def test_no_process_of_the_image_takes_a_moved_clock(process: str) -> None:
    """Only an embedded stack runs behind the real time (ADR 21): the image holds none, whatever the file says."""
    alone = ("run", "--rm", "--no-healthcheck", "--network", "none", "--label", LABEL, APPLICATION)
    output = docker(*alone, "python", "-c", MOVED, *PROCESSES[process])
    assert not output.startswith("0 "), output
    assert "MOVED_CLOCK is for the demo of the embedded stack alone" in output


@pytest.mark.parametrize("service", SERVICES)
def test_jobs_run_without_the_bus(service: str) -> None:
    (container,) = containers(f"{service}-jobs")
    (found,) = inspected(container)
    networks = {name.rpartition("_")[2] for name in found["NetworkSettings"]["Networks"]}
    assert networks == {service} | ({"mail"} if service == "identity" else set())
    ready = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9000/readyz').status)"
    wait_until(lambda: _quietly(container, ready), 30, "the jobs process")


def test_scaled_billing_gets_traffic_on_every_replica_within_ten_seconds(practice: Practice) -> None:
    # Before scaling, connections are warm: the gateway has to notice by itself.
    practice.owner.get("/invoices")
    compose("up", "-d", "--no-recreate", "--scale", "billing-web=2", "--scale", "billing-worker=3")
    replicas = containers("billing-web")
    assert len(replicas) == 2
    assert len(containers("billing-worker")) == 3
    read = (
        "import urllib.request as u; t = u.urlopen('http://127.0.0.1:8000/metrics').read().decode();"
        "print(sum(float(l.split()[-1]) for l in t.splitlines() if l.startswith('caseload_http_request_seconds_count')"
        " and 'GET' in l))"
    )
    health = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/readyz').status)"
    for replica in replicas:
        wait_until(lambda replica=replica: _quietly(replica, health), 30, "the replica")
    # What the health check asks counts too, so every replica must get clearly more than that.
    before = {replica: float(in_container(replica, read)) for replica in replicas}
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        practice.owner.get("/invoices")
    after = {replica: float(in_container(replica, read)) for replica in replicas}
    served = {replica: after[replica] - before[replica] for replica in replicas}
    assert min(served.values()) > 20, served


def test_drafts_still_come_once_with_three_workers(practice: Practice) -> None:
    client_id, _ = practice.new_client()
    appointments = [practice.document(client_id, f"2026-10-{day:02d}T09:00") for day in range(5, 10)]
    for appointment in appointments:
        practice.draft_of(appointment)
    assert [len(practice.invoices(appointment)) for appointment in appointments] == [1] * 5


def test_a_service_reached_directly_answers_nothing_without_the_gateways_signature() -> None:
    (gateway,) = containers("gateway")
    ask = (
        "import urllib.request as u, urllib.error as e\n"
        "try: u.urlopen('http://billing-web:8000/api/v1/invoices')\n"
        "except e.HTTPError as error: print(error.code)"
    )
    assert in_container(gateway, ask).strip() == "401"


def _quietly(container: str, code: str) -> bool:
    try:
        return bool(in_container(container, code))
    except AssertionError:
        return False
