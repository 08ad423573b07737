"""What nginx's configuration repeats of the application, held together with it."""

from __future__ import annotations

import re

from gateway.app import SECURITY_HEADERS
from gateway.edge.door import SLOT_WAIT_SECONDS
from gateway.edge.sessions import ASK_SECONDS
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import PAGES
from gateway.route_table.row import PREFIX
from shared.web.errors import STATUS
from tests.architecture.source import ROOT

EDGE = ROOT / "deploy/edge"
# What the framework, and not a kind of refusal, names.
MORE_TITLES = {
    "405": "Method not allowed",
    "414": "Request URI too long",
    "421": "Misdirected request",
    "431": "Request header fields too large",
    "501": "Not implemented",
    "505": "HTTP version not supported",
}


def nginx_conf() -> str:
    return (EDGE / "nginx.conf").read_text(encoding="utf-8")


def test_refusals_of_the_edge_carry_the_gateways_security_headers() -> None:
    (location,) = re.findall(r"location /\.problem \{(.*?)\n    \}", nginx_conf(), re.DOTALL)
    added = {name: value.strip('"') for name, value in re.findall(r'add_header (\S+) ("[^"]+"|\S+) always;', location)}
    assert {name: added.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_page_of_the_edge_carries_them_too_and_loads_its_styles_alone() -> None:
    (location,) = re.findall(r"location /\.problem/page \{(.*?)\n    \}", nginx_conf(), re.DOTALL)
    added = {name: value.strip('"') for name, value in re.findall(r'add_header (\S+) ("[^"]+"|\S+) always;', location)}
    policy = added.pop("Content-Security-Policy")
    ours = {name: value for name, value in SECURITY_HEADERS.items() if name != "Content-Security-Policy"}
    assert {name: added.get(name) for name in ours} == ours
    assert policy.startswith("default-src 'none'; style-src 'self';") and "unsafe" not in policy
    page = re.findall(r"return 200 '(.*)';", location)[0]
    assert "<style" not in page and " style=" not in page and "<script" not in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["/edge.css"]


def test_the_page_of_the_edge_has_the_colors_of_the_others() -> None:
    tokens = (ROOT / "gateway/web/static/styles/tokens.css").read_text(encoding="utf-8")
    light, dark = tokens.split(':root[data-theme="dark"]')[:2]
    ours_light, ours_dark = (EDGE / "edge.css").read_text(encoding="utf-8").split("prefers-color-scheme: dark")
    for ours, theirs in ((ours_light, light), (ours_dark, dark)):
        colors = re.findall(r"(--[a-z0-9-]+): ([^;]+);", ours)
        assert len(colors) == 8
        assert [name for name, value in colors if f"    {name}: {value};" not in theirs] == []


def test_the_image_of_the_edge_holds_every_file_of_it() -> None:
    (copied,) = re.findall(r"^COPY (.*) /etc/caseload-edge/$", (EDGE / "Dockerfile").read_text(), re.MULTILINE)
    assert set(copied.split()) == {file.name for file in EDGE.iterdir()} - {"Dockerfile"}


def test_the_largest_body_of_a_row_passes_the_edge_and_no_larger_one() -> None:
    usual, larger = (int(megabytes) * 1024 * 1024 for megabytes in re.findall(r"body_size (\d+)m;", nginx_conf()))
    (paths,) = re.findall(r"location ~ \^\((\S+)\)\$ \{\s+client_max_body_size", nginx_conf())
    larger_rows = [row for row in (*ROUTE_TABLE, *PAGES) if row.body_bytes_max > usual]
    above = {f"{PREFIX * (row in ROUTE_TABLE)}{row.path}" for row in larger_rows}
    assert set(paths.split("|")) == above and {row.body_bytes_max for row in larger_rows} == {larger}
    assert all(row.file for row in larger_rows)


def test_refusals_of_the_edge_have_the_gateways_titles() -> None:
    problems = (EDGE / "problems.conf").read_text(encoding="utf-8")
    (titles,) = re.findall(r"map \$status \$problem_title \{(.*?)\n\}", problems, re.DOTALL)
    ours = {str(status): title for status, title in STATUS.values()} | MORE_TITLES
    written = dict(re.findall(r'(\d{3}) "([^"]+)";', titles))
    assert written and written == {status: ours[status] for status in written}


def test_the_edge_waits_longer_than_the_gateway() -> None:
    (seconds,) = re.findall(r"proxy_read_timeout (\d+)s;", (EDGE / "gateway.conf").read_text(encoding="utf-8"))
    longest = 2 * max(row.read_seconds for row in ROUTE_TABLE)  # until its answer begins, and until it has been read
    assert int(seconds) > longest + SLOT_WAIT_SECONDS + ASK_SECONDS


def test_only_the_edge_is_published_and_only_the_edge_shares_the_gateways_door() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^  ([a-z-]+):\n((?:    .*\n|\n|  +#.*\n)+)", compose, re.MULTILINE))
    assert [name for name, block in blocks.items() if "    ports:" in block] == ["edge"]
    networks = {
        name: found[0].split(", ")
        for name, block in blocks.items()
        if (found := re.findall(r"networks: \[(.*)\]", block))
    }
    assert [name for name, inside in networks.items() if "public" in inside] == ["edge"]
    assert [name for name, inside in networks.items() if "door" in inside] == ["gateway", "edge"]
    assert "front" not in networks["edge"]
