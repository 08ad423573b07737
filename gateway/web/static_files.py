"""The files that pages load: their addresses by content, compressed once, kept in memory.

One style sheet is served for all pages, put together from the files that make it up in their order. What is vendored
stands in `static/vendor` with its licences and SHA-256 sums.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Request, Response
from werkzeug.exceptions import NotFound

from gateway.web import slots

HERE: Final = Path(__file__).parent / "static"
STYLE_SHEET: Final = (
    "tokens",
    "base",
    "layout",
    "components",
    "forms",
    "tables",
    "layers",
    "pages",
    "agenda",
    "clients",
    "documentation",
    "billing",
    "guide",
    "utilities",
    "print",
)
SCRIPTS: Final = (
    "shell",
    "forms",
    "layers",
    "palette",
    "keys",
    "sessions",
    "links",
    "passkeys",
    "copying",
    "suggestions",
    "ticks",
    "billing",
)
# What only the pages of one area load.
OF_ONE_AREA: Final = ("agenda", "documentation")
_COMMENT: Final = re.compile(rb"[ \t]*/\*.*?\*/\n?", re.DOTALL)
# Lines that only speak to a script's readers here, and what indents the others. No text of ours goes over lines.
_COMMENT_LINE: Final = re.compile(rb"^\s*//.*\n|^[ \t]+", re.MULTILINE)
PACKED_ALREADY: Final = (".woff2", ".xlsx")
FOR_EVER: Final = "public, max-age=31536000, immutable"
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_REFERENCE: Final = re.compile(rb"url\(([\w.-]+)\)")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    content: bytes
    packed: bytes | None
    kind: str
    version: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """All files by their names."""
    made = {
        "app.css": b"\n".join(_styles(name) for name in STYLE_SHEET),
        "app.js": b"\n".join(_script(name) for name in SCRIPTS),
    }
    made["slots.css"] = slots.style_sheet().encode()
    for name in OF_ONE_AREA:
        made[f"{name}.js"] = _script(name)
    for folder in (HERE, HERE / "samples", HERE / "vendor"):
        for path in sorted(folder.iterdir()):
            if path.suffix in _KINDS:
                made[path.name] = path.read_bytes()
    ready = {name: _ready(name, content) for name, content in made.items() if name != "app.css"}
    styled = _REFERENCE.sub(
        lambda found: b"url(%b?v=%b)" % (found[1], ready[found[1].decode()].version.encode()), made["app.css"]
    )
    return MappingProxyType({**ready, "app.css": _ready("app.css", styled)})


def _script(name: str) -> bytes:
    """One of our scripts, without what is there for its readers here."""
    return _COMMENT_LINE.sub(b"", (HERE / "scripts" / f"{name}.js").read_bytes())


def _styles(name: str) -> bytes:
    """One of our style files, likewise."""
    return _COMMENT.sub(b"", (HERE / "styles" / f"{name}.css").read_bytes())


def address_of(name: str) -> str:
    """Where pages load a file from: under another address as soon as it is another file."""
    return f"/static/{name}?v={static_files()[name].version}"


@cache
def release() -> str:
    """Of all that pages load, together: another one means that a page that is open is of an earlier release."""
    versions = ",".join(f"{name}={file.version}" for name, file in sorted(static_files().items()))
    return hashlib.sha256(versions.encode()).hexdigest()[:12]


def respond(request: Request, name: str) -> Response:
    """A file. Raises `NotFound`."""
    found = static_files().get(name)
    if found is None:
        raise NotFound()
    packed = found.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.packed if packed else found.content, content_type=found.kind)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if found.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    current = request.args.get("v") == found.version
    response.headers["Cache-Control"] = FOR_EVER if current else "no-cache"
    return response


def _ready(name: str, content: bytes) -> StaticFile:
    suffix = Path(name).suffix
    packed = None if suffix in PACKED_ALREADY else gzip.compress(content, 9, mtime=0)
    return StaticFile(content, packed, _KINDS[suffix], hashlib.sha256(content).hexdigest()[:12])
