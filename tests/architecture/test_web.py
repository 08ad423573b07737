"""The web app's house rules: pages and handlers agree, nothing is inline, what is vendored is what it says."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path
from typing import Final

import pytest
from jinja2 import nodes

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import DOCUMENTS, PAGES, WEB
from gateway.route_table.row import GATEWAY, PREFIX
from gateway.web import navigation, rendering
from gateway.web.account.views import COLOURS
from gateway.web.registry import HANDLERS
from gateway.web.static_files import HERE as STATIC
from gateway.web.static_files import OF_ONE_AREA, static_files
from services.identity.staff.hues import HUES
from shared.permissions import ALL, PUBLIC

WEB_FOLDER: Final = Path(rendering.__file__).parent
TEMPLATES: Final = sorted(WEB_FOLDER.rglob("*.html"))
STYLES: Final = sorted((STATIC / "styles").glob("*.css"))
# What a strict policy would refuse in the browser, and what would let text become markup.
FORBIDDEN: Final = (
    r"\sstyle\s*=",
    r"\son[a-z]+\s*=",
    r"<script(?![^>]*\ssrc=)",
    r"<style",
    r"javascript:",
    r"hx-on",
    r"hx-vals\s*=\s*[\"']?js:",
    r"\|\s*safe\b",
    r"https?://(?!www\.w3\.org)",
)
SCRIPT_BYTES_MAX: Final = 30_000
STYLE_BYTES_MAX: Final = 22_000


def test_every_page_has_a_handler_and_every_handler_a_page() -> None:
    assert {row.name for row in WEB} == set(HANDLERS)
    assert len({row.name for row in PAGES}) == len(PAGES)


def test_pages_ask_only_rows_of_the_api_and_let_in_who_may_ask_the_first() -> None:
    api = {row.name: row for row in ROUTE_TABLE}
    paths = {PREFIX + path for path in (row.path for row in ROUTE_TABLE)}
    for row in PAGES:
        assert row.service == GATEWAY and row.path not in paths
        assert set(row.asks) <= api.keys()
    for row in WEB:
        if row.permission != PUBLIC:
            assert (row.permission, row.audit) == (api[row.asks[0]].permission, api[row.asks[0]].audit), row.name
        assert row.method in ("GET", "POST"), "a browser's form sends nothing else"
    assert all(row.method == "GET" for row in DOCUMENTS)


def test_navigation_leads_to_pages_that_exist_under_permissions_that_exist() -> None:
    pages = {row.path: row for row in WEB if row.method == "GET"}
    items = [item for group in navigation.GROUPS for item in group.items] + list(navigation.NEW)
    for item in items:
        assert item.permission in ALL
        assert item.path in pages, item.path
    keys = [item.key for item in items if item.key]
    assert len(set(keys)) == len(keys)


def test_who_may_not_have_a_page_does_not_see_it_in_the_navigation() -> None:
    pages = {row.path: row.permission for row in WEB if row.method == "GET"}
    for group in navigation.groups_for(lambda permission: permission == "self:read"):
        assert {pages[item.path] for item in group.items} == {"self:read"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_inline(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.S)
    found = [pattern for pattern in FORBIDDEN if re.search(pattern, text)]
    assert found == []


def test_every_template_can_be_read() -> None:
    environment = rendering.environment()
    for name in environment.list_templates():
        environment.get_template(name)


def imported_of(tree: nodes.Template) -> set[str]:
    """The names that a template imports."""
    found = [name for statement in tree.find_all(nodes.FromImport) for name in statement.names]
    return {name if isinstance(name, str) else name[1] for name in found}


def values_of(tree: nodes.Template) -> set[str]:
    """The names that a template reads as values, and does not call."""
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    return {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load" and id(name) not in called}


def test_no_macro_hides_what_a_page_is_given() -> None:
    """A template gives what it imports to the frame around it too: a page's value of that name is lost."""
    environment = rendering.environment()
    trees = {path: environment.parse(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    by_name = {str(path.relative_to(WEB_FOLDER)).replace("templates/", ""): tree for path, tree in trees.items()}
    hidden = []
    for path, tree in trees.items():
        imported, values, parent = imported_of(tree), values_of(tree), tree
        while found := next(parent.find_all(nodes.Extends), None):
            parent = by_name[found.template.as_const()]
            values |= values_of(parent)
        hidden += [f"{path.name}: {name}" for name in sorted(imported & values)]
    assert hidden == []


def test_the_policy_lets_nothing_inline_in() -> None:
    assert "default-src 'none'" in rendering.POLICY
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:", "*"} & set(re.split(r"[ ;]+", rendering.POLICY))


def test_what_is_vendored_is_what_it_says() -> None:
    sums = dict(
        reversed(line.split()) for line in (STATIC / "vendor" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").iterdir()
        if path.suffix in (".js", ".woff2", ".svg")
    }
    assert found == sums
    licences = (STATIC / "vendor" / "LICENSES.md").read_text(encoding="utf-8")
    assert all(name in licences for name in sums)


def test_scripts_and_styles_are_small() -> None:
    """What every page loads, and the largest script of one area: no page loads two of those."""
    sizes = {name: len(gzip.compress(file.content, 6)) for name, file in static_files().items()}
    of_areas = {f"{name}.js" for name in OF_ONE_AREA}
    everywhere = sum(size for name, size in sizes.items() if name.endswith(".js") and name not in of_areas)
    assert everywhere + max(sizes[name] for name in of_areas) <= SCRIPT_BYTES_MAX
    assert sizes["app.css"] <= STYLE_BYTES_MAX


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8")))
    named = {
        name for path in TEMPLATES for name in re.findall(r"icon\(\"([\w-]+)\"", path.read_text(encoding="utf-8"))
    } | {item.icon for group in navigation.GROUPS for item in group.items}
    assert named <= sprite


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def palettes() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    text = (STATIC / "styles" / "tokens.css").read_text(encoding="utf-8")
    dark, by_system = text.index('[data-theme="dark"]'), text.index('[data-theme="system"]')
    return tokens(text[:dark]), tokens(text[dark:by_system]), tokens(text[by_system:])


def test_the_dark_palette_is_the_same_chosen_and_by_the_system() -> None:
    _, chosen, by_system = palettes()
    assert chosen == by_system and len(chosen) > 40


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    full = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, other: str) -> float:
    """By WCAG 2: (lighter + 0.05) / (darker + 0.05)."""
    light, dark = sorted((luminance(first), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# What a page, a card, a head, a well and a row are coloured with: anything may stand on each of them.
GROUNDS: Final = ("bg", "surface", "surface-2", "sunken", "hover", "selected")
ON_GROUNDS_OF_THEIR_OWN: Final = {"on-solid", "surface", "ink"}  # `ink` is one of c1t to c8t
CONTROLS: Final = ("control", "focus", "brand", "ok", "warn", "bad", "info")


def colours_of_rules() -> list[tuple[str, str]]:
    """For each rule of the style sheets that colours a text with a token: that, and its ground or nothing."""
    sheets = "".join(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S) for path in STYLES)
    found = []
    for body in re.findall(r"\{([^{}]*)\}", sheets):
        given = dict(re.findall(r"(?m)^\s*(color|background|background-color): var\(--([\w-]+)\);", body))
        if "color" in given:
            found.append((given["color"], given.get("background") or given.get("background-color", "")))
    return found


def pairs() -> list[tuple[str, str, float]]:
    """Every token that lies on another one, by the style sheets, and how much it has to stand out."""
    colours = colours_of_rules()
    own = {(text, ground) for text, ground in colours if ground not in ("", "ground")}
    plain = {(text, ground) for text, _ in colours if text not in ON_GROUNDS_OF_THEIR_OWN for ground in GROUNDS}
    people = {(f"c{number}t", f"c{number}") for number in range(1, 9)}
    marks = {(mark, ground) for mark in CONTROLS for ground in GROUNDS}
    marks |= {(f"c{number}b", "surface") for number in range(1, 9)}
    return [(*pair, 4.5) for pair in sorted(own | plain | people)] + [(*pair, 3.0) for pair in sorted(marks)]


def test_the_colours_that_people_can_choose_are_those_that_they_are_shown_in() -> None:
    light, _, _ = palettes()
    shown = {f"c{number}": light[f"c{number}b"] for number in range(1, 9)}
    assert dict(HUES) == shown and [colour for colour, _ in COLOURS if colour] == list(shown.values())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_texts_and_controls_stand_out_from_what_they_lie_on(dark: bool) -> None:
    light, changes, _ = palettes()
    palette = {**light, **changes} if dark else light
    weak = [
        (first, other, round(contrast(palette[first], palette[other]), 2))
        for first, other, least in pairs()
        if contrast(palette[first], palette[other]) < least
    ]
    assert len(pairs()) > 150
    assert weak == []


def test_every_class_that_templates_use_is_styled_or_looked_for() -> None:
    """A class that nothing styles is a slip of the pen, or a leftover."""
    styled = set().union(*(re.findall(r"\.([a-z][\w-]*)", path.read_text(encoding="utf-8")) for path in STYLES))
    used = set()
    for path in TEMPLATES:
        for value in re.findall(
            r'class="([^"]*)"', re.sub(r"\{[{%#].*?[}%#]\}", " ", path.read_text(encoding="utf-8"))
        ):
            used |= {name for name in value.split() if not name.endswith("-")}
    assert used - styled == set()


# What is printed is as wide as its paper, and a month has seven columns on a phone too.
NOT_CARDS: Final = {"mini", "lines", "sum", "month"}


def test_every_table_fits_a_phone() -> None:
    """A list becomes cards on a phone; on a wider window its box scrolls, and the keyboard reaches it."""
    found = []
    for path in TEMPLATES:
        for before, classes in re.findall(r'((?:<div[^>]*>)?)<table class="([^"]*)"', path.read_text(encoding="utf-8")):
            named = set(classes.split())
            reached = 'class="table-scroll" tabindex="0" role="' in before and "aria-label" in before
            if not (named & NOT_CARDS or ("cards" in named and reached)) or ("month" in named and not reached):
                found.append(f"{path.name}: {classes}")
        assert "<table>" not in path.read_text(encoding="utf-8"), path.name
    assert found == []


# Pieces of components, which have no look of their own, and what stands in the frame around every page.
PIECES: Final = {"back", "boxed", "find_person", "area_cell", "mark", "refusal", "refusal_marks", "said", "span_of"}


def test_the_style_guide_shows_every_component() -> None:
    """Each macro that pages share; `form_of` stands in the dialog that asks first."""
    guide = WEB_FOLDER / "style_guide" / "templates"
    shown = "".join(path.read_text(encoding="utf-8") for path in sorted(guide.glob("*.html")))
    macros = {
        name
        for path in (WEB_FOLDER / "templates" / "macros").glob("*.html")
        for name in re.findall(r"{% macro (\w+)", path.read_text(encoding="utf-8"))
    }
    assert macros - PIECES - {"form_of"} - set(re.findall(r"(\w+)\(", shown)) == set()
