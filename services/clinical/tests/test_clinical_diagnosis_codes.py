"""Diagnosis codes are found by their beginning or by words, within a few milliseconds."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import MonkeyPatch

from services.clinical.diagnoses import code_search
from services.clinical.diagnoses.code_search import FOUND_MAX, SHORT, find_codes
from services.clinical.diagnoses.code_set import icd10_codes
from services.clinical.tests.conftest import Clinic

ALL = list(icd10_codes())
# Beginnings of words that stand in titles, rare and common, and one that stands in none.
BEGINNINGS = st.sampled_from(
    ["anx", "generalized", "panic", "initial", "encounter", "sequela", "unspecified", "fract", "left", "of", "in", "zq"]
)


def one_by_one(query: str, limit: int) -> list[str]:
    """What the search finds by words, found without an index: each title is read."""
    every = query.split()
    words = [word for word in every if len(word) > SHORT] or every
    fitting = [
        (len(title), code.replace(".", ""), code)
        for code, title in ALL
        if all(re.search(rf"(?<![a-z0-9]){word}", title.lower()) for word in words)
    ]
    return [code for _, _, code in sorted(fitting)[:limit]]


def codes(clinic: Clinic, query: str) -> list[str]:
    found = clinic.therapist.get("/diagnosis-codes", query=query)
    assert found.status_code == 200
    return [item["code"] for item in found.json["items"]]


def test_a_code_is_found_by_its_beginning_with_and_without_its_dot() -> None:
    assert [code.code for code in find_codes("F41.1", 5)] == ["F41.1"]
    assert [code.code for code in find_codes("f411", 5)] == ["F41.1"]
    assert [code.code for code in find_codes("F41", 2)] == ["F41.0", "F41.1"]


def test_words_may_be_begun_and_the_plain_disorder_comes_first() -> None:
    assert find_codes("generalized anx", 5)[0].code == "F41.1"
    assert {"F40.01", "F40.02"} <= {code.code for code in find_codes("panic agora", 5)}
    assert find_codes("anxiety nonesuchword", 5) == []
    assert find_codes("  ", 5) == [] and find_codes("%_", 5) == []


@settings(max_examples=15, deadline=None)
@given(st.lists(BEGINNINGS, min_size=2, max_size=4).map(" ".join), st.integers(1, FOUND_MAX))
def test_the_index_finds_what_reading_each_title_finds(query: str, limit: int) -> None:
    assert [code.code for code in find_codes(query, limit)] == one_by_one(query, limit)


def test_the_index_is_made_once_for_all_who_look_at_the_same_time(monkeypatch: MonkeyPatch) -> None:
    readings = []

    def read() -> Iterable[tuple[str, str]]:
        readings.append(len(readings))
        return ALL

    monkeypatch.setattr(code_search, "icd10_codes", read)
    code_search._index.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda words: [code.code for code in find_codes(words, 1)], ["F41.1"] * 4))
    assert found == [["F41.1"]] * 4
    assert len(readings) == 1


def test_no_query_takes_long() -> None:
    find_codes("F41", 1)  # makes the index
    for query in ("fracture of the", "s", "disorder", "a", "unspecified initial encounter"):
        began = time.perf_counter()
        assert len(find_codes(query, FOUND_MAX)) == FOUND_MAX
        assert time.perf_counter() - began < 0.2, query  # ten times what it takes


def test_a_search_is_on_record_without_its_words(clinic: Clinic) -> None:
    codes(clinic, "panic disorder")
    (row,) = clinic.database.rows(
        "SELECT outcome, client_id, details::text FROM audit_entries WHERE action = 'diagnosis_codes.search'"
        f" AND actor_id = '{clinic.therapist.staff_id}'"
    )
    assert row[:2] == ("done", None)
    assert "panic" not in str(row)


def test_a_therapist_asks_and_who_sees_no_diagnoses_does_not(clinic: Clinic) -> None:
    assert codes(clinic, "F41.1") == ["F41.1"]
    assert clinic.therapist.get("/diagnosis-codes", query="").status_code == 422
    assert clinic.therapist.get("/diagnosis-codes", query="anxiety", limit=21).status_code == 422
    assert clinic.staff("default").get("/diagnosis-codes", query="F41").status_code == 403
