"""Reports about clients: who did not agree to be reached, and who waits."""

from __future__ import annotations

import csv
import io

import pytest

from services.clients.client_reports import queries
from services.clients.tests.conftest import Desk
from shared import clock
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of

AGREED = {"channel": "phone", "value": "+12125550142", "consent": "given"}
REFUSED = {"channel": "phone", "value": "+12125550143", "consent": "refused"}
ADDRESS = {"channel": "email", "value": "ada@example.org"}


def test_who_did_not_agree_to_a_channel_stands_by_name(desk: Desk) -> None:
    refusing = desk.add("Ada", "Zimmer", contacts=[REFUSED, ADDRESS])
    unasked = desk.add("Bea", "Ames", phone="+12125550144")
    desk.add("Cy", "Cole", contacts=[AGREED])
    desk.add("Di", "Dorn")
    gone = desk.add("Ed", "Eck", phone="+12125550145")
    desk.desk.patch(f"/clients/{gone['id']}", {"status": "archived"})
    by_phone = desk.desk.get("/reports/clients/no-consent").json
    assert [(item["client_id"], item["consent"]) for item in by_phone["items"]] == [
        (unasked["id"], "not_asked"),
        (refusing["id"], "refused"),
    ]
    rows = list(
        csv.reader(io.StringIO(desk.desk.get("/reports/clients/no-consent", channel="email", format="csv").text))
    )
    assert rows == [
        ["Number", "Client", "Contact", "Consent"],
        [str(refusing["number"]), "Ada Zimmer", "ada@example.org", "Not asked yet"],
    ]


def test_who_waits_longest_comes_first(desk: Desk) -> None:
    wishes = {"weekdays": ["friday", "monday"], "part_of_day": "evening", "note": "=A1"}
    late = desk.add("Ada", "Late", status="prospective", waiting={"since": "2026-11-02"})
    early = desk.add("Bea", "Early", status="prospective", waiting={"since": "2026-10-02", **wishes})
    desk.add("Cy", "Served")
    items = desk.desk.get("/reports/clients/waiting").json["items"]
    assert [item["client_id"] for item in items] == [early["id"], late["id"]]
    nobody = {"staff_id": None, "service_type_id": None, "offers": []}
    assert items[0]["waiting"] == {"since": "2026-10-02", **wishes, "weekdays": ["monday", "friday"], **nobody}
    rows = list(csv.reader(io.StringIO(desk.desk.get("/reports/clients/waiting", format="csv").text)))
    wished = ["Monday, Friday", "Evening", "Anybody", "'=A1"]
    assert rows[1] == [str(early["number"]), "Bea Early", "2026-10-02", *wished, ""]


def test_birthdays_of_a_month_stand_by_day(desk: Desk) -> None:
    late = desk.add("Ada", "Ames", date_of_birth="1990-02-28")
    leap = desk.add("Bea", "Zimmer", date_of_birth="1988-02-29")
    same_day = desk.add("Cy", "Cole", date_of_birth="2001-02-28")
    desk.add("Di", "Dorn", date_of_birth="1990-03-01")
    gone = desk.add("Ed", "Eck", date_of_birth="1990-02-01")
    desk.desk.patch(f"/clients/{gone['id']}", {"status": "archived"})
    year = clock.today("UTC").year
    items = desk.desk.get("/reports/clients/birthdays", month=2).json["items"]
    assert [(item["client_id"], item["date_of_birth"], item["turns"]) for item in items] == [
        (late["id"], "1990-02-28", year - 1990),
        (same_day["id"], "2001-02-28", year - 2001),
        (leap["id"], "1988-02-29", year - 1988),
    ]
    first = desk.desk.get("/reports/clients/birthdays", month=2, limit=1).json
    pages = [first, desk.desk.get("/reports/clients/birthdays", month=2, limit=2, cursor=first["next_cursor"]).json]
    assert [item for page in pages for item in page["items"]] == items
    rows = list(csv.reader(io.StringIO(desk.desk.get("/reports/clients/birthdays", month=2, format="csv").text)))
    assert rows[1] == [str(late["number"]), "Ada Ames", "1990-02-28", str(year - 1990)]
    this_month = desk.add("Flo", "Fox", date_of_birth=f"1970-{clock.today('UTC'):%m}-11")
    assert this_month["id"] in {i["client_id"] for i in desk.desk.get("/reports/clients/birthdays").json["items"]}


@pytest.mark.parametrize("month", ["0", "13", "x", "1.5"])
def test_a_month_is_one_of_twelve(desk: Desk, month: str) -> None:
    response = desk.desk.get("/reports/clients/birthdays", month=month)
    assert (response.status_code, response.json["errors"][0]["field"]) == (422, "month")


@pytest.mark.parametrize("name", ["birthdays", "no-consent", "waiting"])
def test_who_sees_assigned_clients_only_finds_these_alone(desk: Desk, name: str) -> None:
    own, other = (desk.add(given, "Client", phone="+12125550142") for given in ("Ada", "Otto"))
    narrow = desk.staff("therapist", grants=("assigned_only",))
    assert desk.administrator.put(f"/clients/{own['id']}/staff/{narrow.staff_id}").status_code == 200
    today = clock.today("UTC")
    for client in (own, other):
        details = {"status": "prospective", "waiting": {}, "date_of_birth": f"1990-{today:%m}-01"}
        desk.desk.patch(f"/clients/{client['id']}", details)
    items = narrow.get(f"/reports/clients/{name}").json["items"]
    assert [item["client_id"] for item in items] == [own["id"]]
    assert "Otto" not in narrow.get(f"/reports/clients/{name}", format="csv").text


@pytest.mark.parametrize("channel", queries.COLUMNS)
def test_an_index_serves_the_order(desk: Desk, clients_database: ServiceDatabase, channel: str) -> None:
    actor = desk.desk.actor
    assert actor is not None
    statement = queries.without_consent(actor, channel).order_by(*queries.BY_NAME).limit(51)
    plan = plan_of(clients_database, desk.organization_id, statement)
    assert f"ix_clients_no_{channel}_consent" in plan and "Sort" not in plan, plan


def test_an_index_serves_the_birthdays(desk: Desk, clients_database: ServiceDatabase) -> None:
    actor = desk.desk.actor
    assert actor is not None
    statement = queries.born_in(actor, 7).order_by(*queries.BY_BIRTHDAY).limit(51)
    plan = plan_of(clients_database, desk.organization_id, statement)
    assert "ix_clients_birthday" in plan and "Sort" not in plan, plan


def test_own_fields_are_columns_of_a_file_where_they_are_asked_for(desk: Desk) -> None:
    for name, type_, more in (
        ("Pets", "choice", {"choices": [{"name": "Dog"}]}),
        ("Number", "number", {}),
        ("Smokes", "yes_no", {}),
        ("Seen on", "date", {}),
    ):
        assert desk.administrator.post("/client-fields", {"name": name, "type": type_, **more}).status_code == 201
    wish = {"status": "prospective", "waiting": {"since": "2026-10-02"}}
    values = {"pets": "dog", "number": 2.5, "smokes": False, "seen_on": "2026-10-06"}
    desk.add("Ada", "Ames", custom=values, **wish)
    desk.add("Bea", "Brook", **wish)
    path, slugs = "/reports/clients/waiting", "smokes,pets,number,seen_on"
    heads, ada, bea = csv.reader(io.StringIO(desk.desk.get(path, format="csv", custom=slugs).text))
    assert heads[-4:] == ["Smokes", "Pets", "Number (own field)", "Seen on"] and heads[0] == "Number"
    assert (ada[-4:], bea[-4:]) == (["No", "Dog", "2.5", "2026-10-06"], [""] * 4)
    assert [item["custom"] for item in desk.desk.get(path, custom="pets").json["items"]] == [{"pets": "dog"}, {}]
    assert [item["custom"] for item in desk.desk.get(path).json["items"]] == [{}, {}]
    for wrong in ("none", "Pets", "pets,none", ",".join(f"f{n}" for n in range(51))):
        refused = desk.desk.get(path, custom=wrong, format="csv")
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "custom"), wrong
