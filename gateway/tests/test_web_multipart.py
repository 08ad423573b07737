"""A browser's file on its way to the API: the service reads what the browser sent."""

from __future__ import annotations

import io

import pytest

from gateway.edge.bodies import Body
from gateway.web.multipart import FileForm
from shared.web.uploads import opened


@pytest.mark.parametrize("size", [0, 1, 65_535, 700_000])
@pytest.mark.parametrize("texts", [{}, {"dry_run": "true", "mapping": '{"a": "é"}'}], ids=["alone", "with texts"])
def test_the_form_is_read_as_it_was_made(size: int, texts: dict[str, str]) -> None:
    file = io.BytesIO(b"\r\n--x" * (size // 5) + b"." * (size % 5))
    file.seek(size // 2)  # wherever it was left
    form = FileForm(file, texts)
    with Body(form, form.length).spooled(form.length) as content, opened(content, form.content_type) as parts:
        assert content.size == form.length
        assert parts.file.read() == file.getvalue()
        assert parts.texts.to_dict() == texts
