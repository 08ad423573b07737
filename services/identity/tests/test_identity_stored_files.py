"""Logos are stored files: sealed in the store, known to the database, and neither without the other."""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from services.identity.logos.rules import BYTES_MAX, LOGO_FILE
from services.identity.tests.people import Practice
from shared import data_keys
from shared.data_keys import OWNER, Rewrapping
from shared.database.session import Database
from shared.database.waiting_metrics import WaitingCollector
from shared.errors import NotFound, TooLarge, TooMany, Unavailable
from shared.files import keeping
from shared.files.chunks import DamagedFile
from shared.files.folder import FolderStore
from shared.files.kinds import WrongKind
from shared.files.settings import Files
from shared.files.store import StoreAway
from shared.files.sweep import QUEUE, Sweep
from shared.keys import key_folder
from shared.keys.key_folder import KeyFolder
from shared.testing.databases import ServiceDatabase, load
from shared.testing.pictures import png
from shared.testing.web import service_client

PNG = png(8, 8)
LOGO = "/organization/logo"
FILES = "SELECT id, due_at IS NULL, wrapped_key IS NULL FROM files WHERE organization_id = %s ORDER BY id"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A store and a mounted key of this test's own."""
    for name in ("store", "keys"):
        (tmp_path / name).mkdir()
    key_folder.begin([tmp_path / "keys"], OWNER)
    return Files(FolderStore(tmp_path / "store"), KeyFolder(tmp_path / "keys", OWNER))


@pytest.fixture
def app(database: ServiceDatabase, files: Files):
    opened = load("identity").database(database.url("app"))
    yield opened
    opened.dispose()


@pytest.fixture
def sweep(database: ServiceDatabase, worker: Database, files: Files) -> Sweep:
    """With no file of another test in its way."""
    database.rows("DELETE FROM files WHERE due_at IS NOT NULL RETURNING 1")
    return Sweep("identity", worker, files.store)


def kept(app: Database, files: Files, practice: Practice, content: bytes = PNG) -> UUID:
    arrived = keeping.bring(app, files, practice.id, LOGO_FILE, io.BytesIO(content))
    app.run(lambda session: keeping.keep(session, practice.id, arrived), practice.id)
    return arrived.id


def content_of(app: Database, files: Files, organization_id: UUID, file_id: UUID) -> bytes:
    return b"".join(app.run(lambda session: keeping.read(session, files, organization_id, file_id), organization_id))


def in_store(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "store").rglob("*") if path.is_file())


def over(database: ServiceDatabase, practice: Practice) -> None:
    """The hour in which a file must be kept has passed."""
    change = "UPDATE files SET due_at = now() - interval '1 s' WHERE organization_id = %s AND due_at IS NOT NULL"
    database.rows(f"{change} RETURNING 1", practice.id)


@pytest.mark.abuse("A-FILE-store-read")
def test_a_logo_lies_sealed_in_the_store_and_nowhere_in_the_database(practice, database, keys):
    assert practice.owner.web.upload("PUT", LOGO, PNG).status_code == 200
    assert practice.owner.web.get(LOGO).data == PNG
    query = (
        "SELECT f.id, content, byte_count, kind, f.media_type, due_at FROM logos JOIN files f ON f.id = file_id"
        " WHERE f.organization_id = %s"
    )
    [(file_id, content, *facts)] = database.rows(query, practice.id)
    assert (bytes(content), facts) == (b"", [len(PNG), "logo", "image/png", None])
    stored = (keys.files / str(practice.id) / str(file_id)).read_bytes()
    assert len(stored) == len(PNG) + 16 and PNG[:8] not in stored


def test_a_logo_whose_bytes_are_gone_is_no_picture_but_a_fault(practice, database, keys):
    assert practice.owner.web.upload("PUT", LOGO, PNG).status_code == 200
    [(file_id, _, _)] = database.rows(FILES, practice.id)
    (keys.files / str(practice.id) / str(file_id)).unlink()
    broken = practice.owner.web.get(LOGO)
    assert (broken.status_code, broken.json["code"]) == (500, "internal_error")


def test_a_logo_from_before_is_shown_from_the_database(practice, database):
    logo_id = UUID(practice.owner.web.upload("PUT", LOGO, PNG).json["logo_id"])
    earlier = png(9, 9)
    database.rows("UPDATE logos SET content = %s, file_id = NULL WHERE id = %s RETURNING 1", earlier, logo_id)
    assert practice.owner.web.get(LOGO).data == earlier


def test_while_the_store_is_away_nothing_is_half_done(practice, database, keys, tmp_path):
    first = practice.owner.web.upload("PUT", LOGO, PNG).json
    away = tmp_path / "away"
    keys.files.rename(away)
    try:
        for response in (practice.owner.web.upload("PUT", LOGO, png(9, 9)), practice.owner.web.get(LOGO)):
            assert (response.status_code, response.json["code"]) == (503, "unavailable")
            assert response.headers["Retry-After"] == "1" and "store of files" in response.json["detail"]
    finally:
        away.rename(keys.files)
    assert database.rows("SELECT id FROM logos WHERE organization_id = %s", practice.id) == [(UUID(first["logo_id"]),)]
    assert practice.owner.web.get(LOGO).data == PNG
    assert practice.owner.web.upload("PUT", LOGO, png(9, 9)).status_code == 200


@pytest.mark.parametrize("missing", ["FILES_DIR", "DATA_KEYS_DIR"])
def test_an_installation_without_a_place_for_files_says_so(practice, database, keys, missing):
    bare = replace(service_client(database, keys, **{missing: ""}), actor=practice.owner.web.actor)
    refused = bare.upload("PUT", LOGO, PNG)
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert refused.json["code"] == ("no_file_store" if missing == "FILES_DIR" else "no_data_key")
    assert database.rows(FILES, practice.id) == []


def test_bytes_without_a_row_are_swept_an_hour_later(practice, database, app, files, sweep, tmp_path):
    """As after a process that died between the two."""
    stays = kept(app, files, practice)
    keeping.bring(app, files, practice.id, LOGO_FILE, io.BytesIO(PNG))
    assert (sweep.some(), len(in_store(tmp_path))) == (0, 2), "it may still be kept"
    over(database, practice)
    [waiting, age] = [
        gauge.samples[0].value for gauge in WaitingCollector("identity", sweep._database, QUEUE).collect()
    ]
    assert (waiting, age >= 1) == (1, True)
    assert (sweep.some(), sweep.some()) == (1, 0)
    assert [path.name for path in in_store(tmp_path)] == [str(stays)]
    assert database.rows(FILES, practice.id) == [(stays, True, False)]


def test_what_came_too_late_is_not_kept(practice, database, app, files, sweep, tmp_path):
    arrived = keeping.bring(app, files, practice.id, LOGO_FILE, io.BytesIO(PNG))
    over(database, practice)
    for swept in (0, 1):
        assert swept == 0 or sweep.some() == 1
        with pytest.raises(Unavailable):
            app.run(lambda session: keeping.keep(session, practice.id, arrived), practice.id)
    assert in_store(tmp_path) == []


@pytest.mark.abuse("A-FILE-forgotten")
def test_a_forgotten_file_loses_its_key_at_once_and_its_bytes_soon(practice, database, app, files, sweep, tmp_path):
    file_id = kept(app, files, practice)
    app.run(lambda session: keeping.forget(session, practice.id, file_id), practice.id)
    assert database.rows(FILES, practice.id) == [(file_id, False, True)]
    with pytest.raises(NotFound):
        content_of(app, files, practice.id, file_id)
    shutil.move(tmp_path / "store", tmp_path / "away")
    with pytest.raises(StoreAway):
        sweep.some()
    shutil.move(tmp_path / "away", tmp_path / "store")
    assert len(database.rows(FILES, practice.id)) == 1, "the row stays until the bytes are gone"
    assert (sweep.some(), in_store(tmp_path), database.rows(FILES, practice.id)) == (1, [], [])


@pytest.mark.abuse("A-FILE-store-changed")
def test_what_is_not_the_file_is_refused(practice, new_practice, database, app, files, tmp_path):
    first, second, other = kept(app, files, practice), kept(app, files, practice), new_practice()
    theirs = kept(app, files, other)
    paths = {path.name: path for path in in_store(tmp_path)}

    def is_damaged(file_id: UUID) -> bool:
        try:
            return content_of(app, files, practice.id, file_id) != PNG
        except DamagedFile:
            return True

    whole = paths[str(first)].read_bytes()
    for stored in (paths[str(second)].read_bytes(), paths[str(theirs)].read_bytes(), whole[:-1], whole + b"x", b""):
        paths[str(first)].write_bytes(stored)
        assert is_damaged(first)
    paths[str(first)].unlink()
    assert is_damaged(first) and not is_damaged(second)
    database.rows(
        "UPDATE files SET wrapped_key = o.wrapped_key FROM files o WHERE o.id = %s AND files.id = %s RETURNING 1",
        theirs,
        second,
    )
    assert is_damaged(second), "another organization's key"


def test_a_hash_that_differs_is_noticed(practice, database, app, files):
    file_id = kept(app, files, practice)
    database.rows("UPDATE files SET sha256 = '\\x00' WHERE id = %s RETURNING 1", file_id)
    with pytest.raises(DamagedFile):
        content_of(app, files, practice.id, file_id)


def test_another_mounted_key_wraps_the_data_keys_anew(practice, database, app, worker, files, tmp_path):
    """Then the one before may go, and every file still opens."""
    file_id = kept(app, files, practice)
    mine = "SELECT wrapped_by FROM data_keys WHERE organization_id = %s"
    assert key_folder.begin([tmp_path / "keys"], OWNER) == "data.2"
    for file in (tmp_path / "keys").iterdir():
        os.utime(file, (1, 1))
    rotated = Files(files.store, KeyFolder(tmp_path / "keys", OWNER))
    strangers = "UPDATE data_keys SET wrapped_by = %s WHERE organization_id <> %s RETURNING 1"
    database.rows(strangers, "another", practice.id)
    try:
        rewrapping = Rewrapping("identity", worker, rotated.mounted)
        assert (rewrapping.some(), rewrapping.some()) == (1, 0)
    finally:
        database.rows(strangers, "data.1", practice.id)
    assert database.rows(mine, practice.id) == [("data.2",)]
    (tmp_path / "keys" / "data.1.key").unlink()
    assert content_of(app, Files(files.store, KeyFolder(tmp_path / "keys", OWNER)), practice.id, file_id) == PNG
    (tmp_path / "keys" / "data.2.key").unlink()
    with pytest.raises(data_keys.NoDataKey):
        content_of(app, Files(files.store, KeyFolder(tmp_path / "keys", OWNER)), practice.id, file_id)


@pytest.mark.abuse("A-FILE-flood")
def test_a_file_has_a_kind_and_a_limit_and_an_organization_a_number_of_them(
    practice, database, app, files, monkeypatch
):
    with pytest.raises(WrongKind):
        keeping.bring(app, files, practice.id, LOGO_FILE, io.BytesIO(b"%PDF-1.7"))
    with pytest.raises(TooLarge):
        keeping.bring(app, files, practice.id, LOGO_FILE, io.BytesIO(PNG + bytes(BYTES_MAX)))
    monkeypatch.setattr(keeping, "NOT_KEPT_MAX", 1)
    with pytest.raises(TooMany):
        keeping.bring(app, files, practice.id, LOGO_FILE, io.BytesIO(PNG))
