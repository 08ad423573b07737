"""What the bench counts, and what it writes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from bench import contest, event_path_report, sizes
from bench.chart import BAR_WIDTH, charts
from bench.contest import Contestant, Figures, Turn, rate_of
from bench.measuring import PROFILES_MAX, REPORT, Missed, Sample, row, section
from bench.profiles import functions, packages, parsed
from bench.report import Report, Row, page, write
from bench.sizes import Sizes


@pytest.fixture(autouse=True)
def begun_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the whole bench counts from here, however long other tests took before."""
    monkeypatch.setattr(sizes, "STARTED", monotonic())


def report(what: str, met: bool | None = None) -> Report:
    made = Report()
    made.begin("Latency")
    made.add(Row(what, "4.0 ms", "2.00 ×", "≤ 1.5 ×", met, {"ms": 4.0}))
    made.add(Row("floor | 1/1", "2.0 ms", numbers={"ms": 2.0}))
    made.remark("nameko: not installed.")
    return made


def test_a_part_takes_the_place_of_its_own_and_leaves_the_other(tmp_path: Path) -> None:
    write("bench", report("first"), {"machine": "small"}, tmp_path)
    write("scale", report("grown"), {"machine": "small"}, tmp_path)
    write("bench", report("again", met=False), {"machine": "small"}, tmp_path)
    kept = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))["parts"]
    assert [kept[part]["sections"][0]["rows"][0]["what"] for part in ("bench", "scale")] == ["again", "grown"]
    written = (tmp_path / "latest.md").read_text(encoding="utf-8")
    assert "- Missed: again: 4.0 ms · 2.00 × (goal ≤ 1.5 ×); Latency" in written
    assert "| floor \\| 1/1 | 2.0 ms |" in written, "a cell ends where it ends"
    assert "nameko: not installed." in written
    assert sorted(file.name for file in tmp_path.iterdir()) == ["latest.json", "latest.md", "latest.svg"]


def test_a_file_of_somebody_else_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "latest.json").write_text("[]", encoding="utf-8")
    write("bench", report("first"), {}, tmp_path)
    assert "bench" in json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))["parts"]


def test_a_miss_stands_with_its_profile_and_what_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Report()
    made.begin("Latency")
    monkeypatch.setattr(REPORT, "sections", made.sections)
    looks: list[str] = []

    def profile() -> list[str]:
        looks.append("looked")
        return ["Processes: gateway 60 %, clients web 40 %."]

    row("fast", "1 ms", met=True, missed=Missed("nothing", profile), others=0.5)
    row("slow", "9 ms", "", "≤ 4 ms", met=False, missed=Missed("fewer statements.", profile), others=0.1)
    written = page({"bench": {"sections": [asdict(section) for section in made.sections]}})
    assert looks == ["looked"], "what is met is not looked into"
    below = written[written.index("| slow |") :]
    assert "- Processes: gateway 60 %, clients web 40 %.\n- Next: fewer statements." in below
    assert "| fast | 1 ms |  |  | met, others used 50% |" in written


def test_a_section_profiles_a_few_of_its_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Report()
    made.begin("Pages")
    monkeypatch.setattr(REPORT, "sections", made.sections)
    looks = count()
    for _ in range(5):
        row("page", "9 ms", met=False, missed=Missed("r", lambda: [f"look {next(looks)}"]))
    assert next(looks) == PROFILES_MAX


def test_a_profile_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Report()
    made.begin("Pages")
    monkeypatch.setattr(REPORT, "sections", made.sections)

    def profile() -> list[str]:
        raise OSError("gone")

    row("page", "9 ms", met=False, missed=Missed("r", profile))
    assert made.sections[0].rows[0].profile == ["Not profiled: OSError: gone"]


def test_looks_are_added_up_by_function_and_by_package() -> None:
    samples = parsed(
        'process 7:"worker";run (threading.py);execute (sqlalchemy/engine/base.py) 6\n'
        "run (threading.py);sign (services/clinical/notes/commands.py) 3\nrun (threading.py) 1\nnonsense\n"
    )
    assert functions(samples).startswith("`execute (sqlalchemy/engine/base.py)` 60%")
    assert packages(samples) == "sqlalchemy 60%, services/clinical 30%, Python's library 10%"


def test_a_part_that_takes_too_long_is_ended_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a service in this process would answer every exception with 500."""
    made = Report()
    monkeypatch.setattr(REPORT, "sections", made.sections)

    def answered() -> None:
        with suppress(Exception):
            sleep(60)  # what is to be ended

    began = monotonic()
    section("endless", answered, seconds=1)
    assert monotonic() - began < 30
    assert made.sections[0].title == "Not measured to its end: endless"


def test_disturbed_rounds_do_not_count_where_there_are_quiet_ones() -> None:
    turns = [Turn(Sample((seconds,)), 100 / seconds, 50 * seconds, others) for seconds, others in ((1, 0.1), (9, 0.5))]
    assert Figures.of(turns, 7).latency.seconds == (1,)
    assert Figures.of(turns[1:], 7).others == 0.5


def test_who_fails_in_a_round_costs_the_others_nothing() -> None:
    def never() -> Turn:
        raise RuntimeError("not installed")

    turn = Turn(Sample((0.1,)), 10, 100)
    found = contest.in_rounds(
        {"nameko": Contestant(never, lambda: 1.0), "us": Contestant(lambda: turn, lambda: 5.0)}, 2
    )
    assert found["nameko"] == "not installed"
    ours = found["us"]
    assert isinstance(ours, Figures)
    assert (len(ours.latency.seconds), ours.drain) == (2, 5.0)


def test_what_is_met_is_not_among_the_missed() -> None:
    parts = {"bench": {"sections": [{"title": "t", "rows": [], "remarks": []}]}}
    assert "Missed" not in page(parts)


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    drawn = ElementTree.fromstring(charts([("a < b", [("x", 4.0), ("y", 1.0)]), ("nought", [("x", 0.0)])]))
    widths = [float(bar.attrib["width"]) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert widths == [BAR_WIDTH, BAR_WIDTH / 4, 0]


def test_a_rate_counts_from_the_first_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes its time to start is not slow: 10 are there at the first look, 90 come in 3 seconds."""
    looks = count(100.0, 3.0)
    now = [next(looks)]
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda _seconds: now.insert(0, next(looks)))
    monkeypatch.setattr(contest, "time", clock)
    counted = iter([0, 0, 10, 100])
    assert rate_of(lambda: next(counted), 100) == 30


def test_a_backlog_that_is_never_drained_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "COUNT_SECONDS", 0)
    ended = iter([False, True])
    with pytest.raises(RuntimeError, match="7 of 100"):
        rate_of(lambda: 7, 100, lambda: next(ended))


def test_sizes_are_set_by_their_names() -> None:
    assert Sizes.of({"BENCH_DRAIN": "70", "BENCH_BULK": ""}) == Sizes(drain=70)
    with pytest.raises(ValueError, match="many"):
        Sizes.of({"BENCH_SINGLE": "many"})


def test_ours_is_compared_with_floors_and_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(seconds: float, per_second: float) -> Figures:
        return Figures(Sample((seconds,) * 3), per_second, per_second, 800)

    made = Report()
    monkeypatch.setattr(REPORT, "sections", made.sections)
    found = {
        "floor 1/1": figures(0.001, 100),
        "honest floor": figures(0.002, 500),
        "celery": figures(0.004, 90),
        "nameko": "not installed",
        "Caseload": figures(0.003, 320),
    }
    event_path_report.report("RabbitMQ", found)
    judged = {(s.title.split(": ")[1].split(",")[0], row.what): row.met for s in made.sections for row in s.rows}
    assert judged["one by one", "Caseload"]
    assert judged["both sides busy", "Caseload"]
    assert judged["both sides busy", "Caseload, beside celery"] is False, "3.6 times is not 4 times"
    assert any("nameko: not installed." in section.remarks for section in made.sections)
