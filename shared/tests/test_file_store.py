"""Where files lie, which are taken, and the keys that they hang on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.files.folder import FolderStore
from shared.files.kinds import Kind, WrongKind, media_type_of
from shared.files.store import Missing, Store, StoreAway
from shared.ids import new_id
from shared.testing.pictures import jpeg, png

PICTURE = Kind("picture", frozenset({"image/png", "image/jpeg"}), 1000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def store(root: Path) -> Store:
    return FolderStore(root)


@pytest.fixture
def place() -> str:
    return f"{new_id()}/{new_id()}"


def test_a_store_keeps_and_forgets(store: Store, place: str) -> None:
    pieces = [os.urandom(300_000), b"", b"the end"]
    store.put(place, iter(pieces))
    assert b"".join(store.get(place)) == b"".join(pieces)
    for _ in range(2):
        store.remove(place)  # the second time nothing is there
        with pytest.raises(Missing):
            list(store.get(place))


def test_what_breaks_off_is_not_there(store: Store, place: str, root: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise ValueError

    with pytest.raises(ValueError):
        store.put(place, breaking())
    with pytest.raises(Missing):
        list(store.get(place))
    store.remove(place)
    assert [path for path in root.rglob("*") if path.is_file()] == [], "not even its half"


def test_a_folder_that_is_not_mounted_is_away(store: Store, place: str, root: Path) -> None:
    """Otherwise a file would pass for one that is gone already."""
    shutil.rmtree(root)
    with pytest.raises(StoreAway):
        store.put(place, [b"x"])
    with pytest.raises(StoreAway):
        list(store.get(place))
    with pytest.raises(StoreAway):
        store.remove(place)


def test_nobody_else_on_the_machine_reads_a_file(store: Store, place: str, root: Path) -> None:
    store.put(place, [b"x"])
    assert {oct(path.stat().st_mode & 0o777) for path in root.rglob("*")} == {"0o700", "0o600"}
    assert [path.name for path in root.rglob("*")] == place.split("/"), "ids alone"


@pytest.mark.parametrize(("head", "media_type"), [(png(8, 8), "image/png"), (jpeg(8, 8), "image/jpeg")])
def test_a_kind_is_what_is_in_the_file(head: bytes, media_type: str) -> None:
    assert media_type_of(head, PICTURE) == media_type


@pytest.mark.parametrize("head", [b"", b"x", b"<svg/>", b"%PDF-1.7\n", b"MZ" + bytes(100), b"GIF89a" + bytes(20)])
def test_other_files_are_not_taken(head: bytes) -> None:
    with pytest.raises(WrongKind):
        media_type_of(head, PICTURE)
