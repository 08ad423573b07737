"""Templates: the environment that all areas share, and the frame that stands around a page."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Request, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from gateway.web import navigation, text
from gateway.web.done import DONE
from gateway.web.static_files import address_of, release
from shared import clock

HERE: Final = Path(__file__).parent
AREAS: Final = (
    "account",
    "activity",
    "agenda",
    "billing",
    "client_import",
    "clients",
    "documentation",
    "groups",
    "help",
    "home",
    "palette",
    "services",
    "settings",
    "signing_in",
    "staff",
    "style_guide",
    "work_items",
)
THEMES: Final = ("light", "dark", "system")
THEME_COOKIE: Final = "theme"
LEVEL_NAMES: Final[Mapping[str, str]] = {
    "default": "Default",
    "therapist": "Therapist",
    "billing": "Billing",
    "administration": "Administration",
    "organization_administration": "Organization Administration",
}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cache-Control": "no-store",
    "Vary": "HX-Request, Accept-Encoding",
}
PACKED_FROM_BYTES: Final = 1_000
# With what an open page asks for: the release that it is of.
RELEASE_HEADER: Final = "Caseload-Page-Release"


def lead_to(request: Request, to: str) -> Response:
    """Have the browser go on to a page of ours, with GET: a part of a page has no other way to say so than a header."""
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": to, "Cache-Control": "no-store"})
    return Response(status=303, headers={"Location": to, "Cache-Control": "no-store"})


def in_place_of(response: Response, target: str) -> Response:
    """Have a part of a page stand in place of `target`, an id with its `#`, whatever the form that asked exchanges."""
    response.headers.update({"HX-Retarget": target, "HX-Reselect": target, "HX-Reswap": "outerHTML"})
    return response


@cache
def environment() -> Environment:
    """Jinja with the shared templates at its root and each area's under its name."""
    areas = PrefixLoader({area: FileSystemLoader(HERE / area / "templates") for area in AREAS})
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(HERE / "templates"), areas]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=address_of, icon=icon, text=text, level_names=LEVEL_NAMES, url=url, done_texts=DONE)
    made.globals.update(release=release, release_header=RELEASE_HEADER)
    return made


def icon(name: str, size: str = "") -> Markup:
    """A picture beside a word; read to nobody."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        size, address_of("icons.svg"), name
    )


def url(path: str, **query: Any) -> str:
    """An address with its query; what is None or empty is left out."""
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def respond(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page or a fragment, packed where the browser takes that."""
    body = environment().get_template(template).render(**values).encode()
    if request.headers.get(RELEASE_HEADER, release()) != release():
        body += environment().get_template("_new_release.html").render().encode()
    response = Response(body, status=status, content_type="text/html; charset=utf-8")
    if len(body) >= PACKED_FROM_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.headers.update(HEADERS)
    return response


def theme_of(request: Request, preferred: str | None) -> str:
    """What this browser was switched to, else what the person prefers, else what the system says."""
    chosen = request.cookies.get(THEME_COOKIE)
    return next((theme for theme in (chosen, preferred) if theme in THEMES), "system")


def frame(request: Request, me: Mapping[str, Any], can: Any, theme: str) -> dict[str, Any]:
    """What `base.html` needs of somebody signed in."""
    groups = navigation.groups_for(can)
    new_items = navigation.new_items_for(can)
    places = [item for group in groups for item in group.items]
    staff, organization = me["staff"], me["organization"]
    zone = organization["time_zone"]
    return {
        "groups": groups,
        "current_item": navigation.current(request.path, groups),
        "phone_items": places[: navigation.ON_THE_PHONE],
        "new_items": new_items,
        "help": navigation.HELP,
        "palette": [
            (name, items)
            for name, items in (("Go to", [*places, *navigation.mine_for(can)]), ("New", new_items))
            if items
        ],
        "person": {
            "id": staff["id"],
            "name": f"{staff['given_name']} {staff['family_name']}",
            "given_name": staff["given_name"],
            "initials": text.initials(staff["given_name"], staff["family_name"]),
            "hue": staff["hue"],
            "levels": [LEVEL_NAMES[level] for level in me["levels"] if level in LEVEL_NAMES and level != "default"],
        },
        "practice": organization["name"],
        # What goes in the place of a whole page brings the title of the bar above it, which lies outside.
        "takes_the_page": request.headers.get("HX-Target") == "main",
        "zone": zone,
        "now": clock.now().astimezone(ZoneInfo(zone)),
        "theme": theme,
        "single_keys": me.get("preferences", {}).get("single_keys", True),
    }
