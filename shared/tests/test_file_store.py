"""Where files lie, which are taken, and the keys that they hang on."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from shared.files.folder import FolderStore
from shared.files.kinds import Kind, WrongKind, media_type_of
from shared.files.s3 import Bucket, S3Store
from shared.files.settings import store_of
from shared.files.store import Missing, Store, StoreAway
from shared.ids import new_id
from shared.ports import reserve_port
from shared.settings import Environment, MissingSetting
from shared.testing.pictures import jpeg, png

PICTURE = Kind("picture", frozenset({"image/png", "image/jpeg"}), 1000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3-compatible server in this process, with a bucket `files`. It checks no signatures."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    url = f"http://{host}:{port}"
    S3Store(bucket(url))._client.create_bucket(Bucket="files")
    yield url
    running.stop()


def bucket(url: str, name: str = "files") -> Bucket:
    return Bucket(url, name, "us-east-1", "somebody", "a secret of nobody")


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, root: Path, server: str) -> Store:
    return FolderStore(root) if request.param == "folder" else S3Store(bucket(server))


def in_bucket(server: str) -> list[str]:
    listed = S3Store(bucket(server))._client.list_objects_v2(Bucket="files")
    return [entry["Key"] for entry in listed.get("Contents", [])]


@pytest.fixture
def place() -> str:
    return f"{new_id()}/{new_id()}"


@pytest.mark.parametrize("sizes", [(), (1,), (300_000, 0, 7), (9_000_000, 9_000_000)])
def test_a_store_keeps_and_forgets(store: Store, place: str, sizes: tuple[int, ...]) -> None:
    pieces = [os.urandom(size) for size in sizes]
    store.put(place, iter(pieces))
    assert b"".join(store.get(place)) == b"".join(pieces)
    for _ in range(2):
        store.remove(place)  # the second time nothing is there
        with pytest.raises(Missing):
            list(store.get(place))


def test_what_breaks_off_is_not_there(store: Store, place: str, root: Path, server: str) -> None:
    def breaking() -> Iterator[bytes]:
        yield bytes(9_000_000)  # more than a part
        raise ValueError

    with pytest.raises(ValueError):
        store.put(place, breaking())
    with pytest.raises(Missing):
        list(store.get(place))
    store.remove(place)
    assert [path for path in root.rglob("*") if path.is_file()] == [], "not even its half"
    assert place not in in_bucket(server)


def gone(root: Path) -> Store:
    """A folder that is not mounted: below it nothing is known to be gone."""
    shutil.rmtree(root)
    return FolderStore(root)


@pytest.mark.parametrize("why", ["folder", "bucket", "server"])
def test_a_store_that_is_away_says_so_whatever_it_is_to_do(why: str, place: str, root: Path, server: str) -> None:
    """Otherwise a file would pass for one that is gone already."""
    nowhere = f"http://127.0.0.1:{reserve_port()}"
    stores = {
        "folder": partial(gone, root),
        "bucket": lambda: S3Store(bucket(server, "another")),
        "server": lambda: S3Store(bucket(nowhere)),
    }
    store = stores[why]()
    with pytest.raises(StoreAway):
        store.put(place, [b"x"])
    with pytest.raises(StoreAway):
        list(store.get(place))
    with pytest.raises(StoreAway):
        store.remove(place)


@pytest.mark.abuse("A-FILE-store-read")
def test_nobody_else_on_the_machine_reads_a_file(place: str, root: Path) -> None:
    FolderStore(root).put(place, [b"x"])
    assert {oct(path.stat().st_mode & 0o777) for path in root.rglob("*")} == {"0o700", "0o600"}
    assert [path.name for path in root.rglob("*")] == place.split("/"), "ids alone"


def test_the_settings_name_the_store(root: Path, server: str, place: str) -> None:
    values = {"FILES_DIR": str(root), "FILES_S3_URL": "", "FILES_S3_BUCKET": "files", "FILES_S3_ACCESS_KEY": "somebody"}
    assert store_of(Environment({})) is None
    assert isinstance(store_of(Environment(values)), FolderStore)
    with pytest.raises(MissingSetting):
        store_of(Environment({**values, "FILES_S3_URL": server}))
    chosen = store_of(Environment({**values, "FILES_S3_URL": server, "FILES_S3_SECRET_KEY": "s"}))
    assert chosen is not None
    chosen.put(place, [b"x"])
    assert place in in_bucket(server), "ids alone, and the server before the folder"


def test_a_secret_is_not_shown() -> None:
    assert "secret of nobody" not in repr(bucket("http://127.0.0.1"))


@pytest.mark.parametrize(("head", "media_type"), [(png(8, 8), "image/png"), (jpeg(8, 8), "image/jpeg")])
def test_a_kind_is_what_is_in_the_file(head: bytes, media_type: str) -> None:
    assert media_type_of(head, PICTURE) == media_type


@pytest.mark.parametrize("head", [b"", b"x", b"<svg/>", b"%PDF-1.7\n", b"MZ" + bytes(100), b"GIF89a" + bytes(20)])
def test_other_files_are_not_taken(head: bytes) -> None:
    with pytest.raises(WrongKind):
        media_type_of(head, PICTURE)
