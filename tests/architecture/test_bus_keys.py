"""Keys lie where they are needed, and nowhere else: the bus key, and the key that wraps data keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.compose import make_secrets
from shared import data_keys
from shared.contracts.envelope import opens, seals
from shared.keys import bus
from shared.services import KEEP_FILES, SERVICES
from tests.architecture.source import ROOT

SETTING = f"      {bus.SETTING}: /run/caseload/bus\n"


def blocks() -> dict[str, str]:
    """The services of docker-compose.yml by name."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    text = text.partition("\nservices:\n")[2].partition("\nnetworks:\n")[0]
    parts = re.split(r"^  ([a-z-]+):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_under_compose_each_process_that_seals_or_opens_is_given_the_keys() -> None:
    wanted = {f"{service}-{kind}" for service in SERVICES if seals(service) for kind in ("web", "worker", "jobs")}
    wanted |= {f"{service}-worker" for service in SERVICES if opens(service)}
    assert {name for name, block in blocks().items() if SETTING in block} == wanted
    assert {"clients-web", "clinical-worker", "billing-worker"} <= wanted


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for service in SERVICES:
        (tmp_path / service).mkdir()
    return tmp_path


def found(secrets: Path) -> dict[str, dict[str, bytes]]:
    return {
        folder.parent.name: {file.name: file.read_bytes() for file in folder.iterdir()}
        for folder in secrets.glob("*/bus")
    }


def test_under_compose_the_same_key_lies_in_the_volumes_of_those_alone(secrets: Path) -> None:
    make_secrets.share_bus_key(secrets, "")
    first = found(secrets)
    assert set(first) == {"clients", "clinical", "billing"}
    assert first["clients"] == first["clinical"] == first["billing"]
    make_secrets.share_bus_key(secrets, "")
    assert found(secrets) == first, "what is there already stays"
    make_secrets.share_bus_key(secrets, "rotate")
    assert set(found(secrets)["billing"]) == {"bus.1.key", "bus.2.key"}
    assert found(secrets)["clients"] == found(secrets)["billing"]
    make_secrets.share_bus_key(secrets, "retire")
    assert set(found(secrets)["billing"]) == {"bus.1.key", "bus.2.key"}, "events under it may still be under way"


def test_under_compose_files_and_their_keys_are_there_for_who_keeps_files(secrets: Path) -> None:
    wanted = {f"{service}-{kind}" for service in KEEP_FILES for kind in ("web", "jobs")}
    place = "files:/var/lib/caseload/files"
    for setting in (f"{data_keys.SETTING}: /run/caseload/data\n", "FILES_DIR: /var/lib/caseload/files\n", place):
        assert {name for name, block in blocks().items() if setting in block} == wanted
    for command in ("", "", "rotate", "retire"):
        make_secrets.make_data_keys(secrets, command)
    made = {file.relative_to(secrets).as_posix() for file in secrets.rglob("*.key")}
    assert made == {f"{service}/data/data.{n}.key" for service in KEEP_FILES for n in (1, 2)}
