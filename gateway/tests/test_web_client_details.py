"""What the details of a client show, what their form sends, and their history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.web import text
from gateway.web.clients.changes import profile_changes
from gateway.web.clients.stored import stored_groups
from gateway.web.clients.ways import Ways, stored_ways
from gateway.web.clients.wishes import waiting_of, wish
from gateway.web.forms import Form

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ZONE = "America/New_York"
STORED: dict[str, Any] = {
    **dict.fromkeys(("middle_name", "name_suffix", "preferred_name", "pronouns", "gender_identity", "time_zone")),
    "given_name": "Ada",
    "family_name": "Byron",
    "former_names": ["Ada Gordon", "A. Noel"],
    "tags": ["Evenings", "Sliding scale"],
    "custom": {"siblings": 2},
    "date_of_birth": "1990-12-10",
    "client_type": "adult",
    "sex": "unknown",
    "language": "es",
    "intake_date": "2026-03-02",
    "referral_source": None,
    "phone": "+12125550142",
    "email": None,
    "address": {"line1": "1 Main St", "line2": None, "city": "Albany", "state": "NY", "postal_code": "12207"},
    "emergency_contact": None,
    "waiting": {
        "since": "2026-11-02",
        "weekdays": ["monday", "friday"],
        "part_of_day": "evening",
        "staff_id": "s1",
        "service_type_id": None,
        "note": None,
    },
    "contacts": [
        {"channel": "phone", "value": "+12125550142", "label": "mobile", "consent": "given"},
        {"channel": "phone", "value": "+12125550143", "label": None, "consent": "refused"},
        {"channel": "other", "value": "Signal", "label": None, "consent": "not_asked"},
    ],
    "emergency_contacts": [
        {"name": "Anne Byron", "relationship": "mother", "phone": "+15185550101"},
        {"name": "Bo Byron", "relationship": None, "phone": "+15185550102"},
    ],
}


def test_the_history_says_each_field_before_and_after_by_its_name() -> None:
    pets = {"slug": "pets", "name": "Pets", "type": "choice", "choices": [{"slug": "dog", "name": "Dog"}]}
    called = [{"name": "Ann", "relationship": "mother", "phone": "+12125550142"}]
    fields = {
        "custom.pets": [None, "dog"],
        "custom.gone": [3, None],
        "date_of_birth": ["1990-01-02", "1990-01-03"],
        "emergency_contacts": [[], called],
        "status": ["prospective", "active"],
        "waiting": [{"since": "2026-03-01", "weekdays": [], "part_of_day": None, "note": None}, None],
    }
    changed = {"at": "2026-11-18T14:00:00Z", "by": "s1", "changes": fields}
    (line,) = profile_changes([changed], {"s1": "Maya Lind"}, [pets], ZONE, NOW)
    assert line.by == "Maya Lind"
    assert [(field.name, field.before, field.after) for field in line.fields] == [
        ("Pets", "empty", "Dog"),
        ("gone", "3", "empty"),
        ("Birth date", "Jan 2, 1990", "Jan 3, 1990"),
        ("Emergency contacts", "empty", "Ann, mother: (212) 555-0142"),
        ("Status", "Prospective", "Active"),
        ("Waiting list", "Waiting since: Mar 1, 2026; Days: Any day; Time of day: Any time", "empty"),
    ]


def test_what_was_offered_stands_in_the_history() -> None:
    place = {"since": "2026-03-01", "weekdays": [], "part_of_day": None, "note": None}
    offered = {**place, "offers": [{"staff_id": "s1", "starts_at": "2026-11-20T15:00:00Z"}]}
    changed = {"at": "2026-11-18T14:00:00Z", "by": "s1", "changes": {"waiting": [place, offered]}}
    (line,) = profile_changes([changed], {"s1": "Maya Lind"}, [], ZONE, NOW)
    assert (
        line.fields[0].after.removeprefix(line.fields[0].before)
        == f"; Offered: {text.moment('2026-11-20T15:00:00Z', ZONE, NOW)}"
    )


def test_what_is_stored_is_read_in_groups_without_what_is_empty() -> None:
    siblings = {"slug": "siblings", "name": "Siblings", "type": "number", "archived": False}
    groups = {group.id: dict(group.facts) for group in stored_groups(STORED, [siblings])}
    assert groups == {
        "names": {"Given name": "Ada", "Family name": "Byron", "Former names": "Ada Gordon, A. Noel"},
        "who": {
            "Birth date": "Dec 10, 1990",
            "Client type": "Adult",
            "Language": "Spanish",
            "Intake date": "Mar 2, 2026",
            "Tags": "Evenings, Sliding scale",
        },
        "reach": {
            "Phone, mobile": "(212) 555-0142 · agreed",
            "Phone": "(212) 555-0143 · do not use",
            "Other": "Signal",
            "Address": "1 Main St, Albany, NY 12207",
        },
        "emergency": {"Anne Byron, mother": "(518) 555-0101", "Bo Byron": "(518) 555-0102"},
        "own": {"Siblings": "2"},
        "waiting": {"Waiting since": "Nov 2, 2026", "Days": "Monday, Friday", "Time of day": "Evening"},
    }


def test_what_the_form_shows_of_a_wish_is_what_it_sends() -> None:
    shown = {**Form.of(STORED).values, "waits": ("on",)}
    assert waiting_of(Form(shown)) == {}, "the form of somebody who is not prospective has no such inputs"
    assert waiting_of(Form({**shown, "may_wait": ("on",)})) == {"waiting": STORED["waiting"]}
    assert waiting_of(Form({**shown, "may_wait": ("on",), "waits": ()})) == {"waiting": None}
    blank = {name: values for name, values in shown.items() if not name.startswith("waiting.")}
    assert waiting_of(Form({**blank, "may_wait": ("on",)})) == {
        "waiting": {"weekdays": [], "part_of_day": None, "staff_id": None, "service_type_id": None, "note": None}
    }


def test_a_wish_says_whom_it_names_as_far_as_names_are_known() -> None:
    named = {**STORED["waiting"], "service_type_id": "t1", "note": "Ground floor"}
    assert wish(named, {"s1": "Maya Lind", "t1": "Individual"})[3:] == [
        ("Clinician", "Maya Lind"),
        ("Service", "Individual"),
        ("Wish", "Ground floor"),
    ]
    assert wish(named)[3:] == [("Wish", "Ground floor")]


def test_what_the_form_shows_of_ways_is_what_it_sends_and_errors_stand_beside_their_inputs() -> None:
    form = Form.of(stored_ways(STORED))
    blank = {"further.7.value": ("",), "called.3.name": (" ",), "further.1.channel": ("other",)}
    sent = Ways.of(Form({**form.values, **blank}))
    shown = [(contact["channel"], contact["value"]) for contact in sent.body["contacts"]]
    assert shown == [("phone", "+12125550142"), ("phone", "(212) 555-0143"), ("other", "Signal")]
    assert [contact["consent"] for contact in sent.body["contacts"]] == ["given", "refused", "not_asked"]
    called = [person["name"] for person in sent.body["emergency_contacts"]]
    assert called == ["Bo Byron"], "the first one has inputs of the record itself"
    wrong = {"contacts.0.value": "phone", "contacts.0.consent": "phone_consent", "contacts.2.value": "further.1.value"}
    wrong |= {"emergency_contacts.0.phone": "called.0.phone", "given_name": "given_name", "contacts": "contacts"}
    problem = sent.beside({"errors": [{"field": field} for field in wrong]})
    assert [error["field"] for error in problem["errors"]] == list(wrong.values())
