"""Notes as the pages show them: what is looked at before a signature, who signed when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.web import text
from gateway.web.documentation.billed import bills_alike
from gateway.web.documentation.formats import FORMATS, SECTION, sections_of
from gateway.web.forms import Form
from gateway.web.places import PLACES

STATUSES: Final = {
    "draft": ("Draft", ""),
    "submitted": ("Waits for the supervisor", "info"),
    "returned": ("Returned", "warn"),
    "discarded": ("Discarded", ""),
    "signed": ("Signed", "ok"),
}
REVIEWS: Final = {
    "submitted": ("Submitted for approval", "send"),
    "withdrawn": ("Taken back by the author", "undo-2"),
    "returned": ("Sent back to the author", "undo-2"),
    "approved": ("Approved", "badge-check"),
    "co_signed": ("Co-signed", "badge-check"),
    "reopened": ("Reopened", "pen-line"),
    "discarded": ("Discarded", "x"),
}
COUNTERSIGNED: Final = frozenset({"approved", "co_signed"})  # what locks a note that a supervisor has the last word on
TELEHEALTH: Final = (("", "As it was booked"), ("no", "In person"), ("yes", "By telehealth"))
# What the inputs are called where two people, or two windows, changed one note.
WORDS: Final = {
    "minutes": "Minutes",
    "started_at_local": "Began",
    "place_of_service": "Place of service",
    "telehealth": "Telehealth",
    "risk": "Risk",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at before a signature.

    `fix`: where it is put right, and the words of that. `blocks`: while it is open, the API refuses the signature.
    """

    key: str
    done: bool
    title: str
    words: str
    fix: tuple[str, str] | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose name stands under a note, and when it was set there."""

    name: str
    words: str
    at: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of a note's history."""

    title: str
    at: str
    by: str
    comment: str
    picture: str
    kind: str = ""


def state_of(note: Mapping[str, Any], decides: Mapping[str, Any] | None) -> tuple[str, str]:
    """Words and kind of a chip. `decides`: the supervisor of its author; a submitted note names them."""
    words, kind = STATUSES[note["status"]]
    return (f"Waits for {_name(decides)}", kind) if note["status"] == "submitted" and decides else (words, kind)


def form_of(note: Mapping[str, Any], zone: str) -> Form:
    """What the editor's inputs hold of a stored note."""
    began = note["started_at"]
    values: dict[str, tuple[str, ...]] = {
        f"{SECTION}{slug}": (note["content"].get(slug, ""),) for slug, _, _ in FORMATS[note["template"]][1]
    }
    values["minutes"] = (str(note["minutes"] or ""),)
    values["started_at_local"] = (f"{_local(began, zone):%Y-%m-%dT%H:%M}" if began else "",)
    values["place_of_service"] = (note["place_of_service"] or "",)
    values["telehealth"] = ({None: "", False: "no", True: "yes"}[note["telehealth"]],)
    values["goals"] = tuple(goal["key"] for goal in note["goals"])
    values["risk"] = (note["risk"] or "",)
    values["add_on_service_type_ids"] = tuple(note["add_on_service_type_ids"])
    return Form(values=values)


def flat(form: Form) -> dict[str, str]:
    """The values of a form by name, several of one name joined: as the editor's script compares them."""
    return {name: ",".join(values) for name, values in form.values.items()}


def words_of(template: str) -> dict[str, str]:
    """What the inputs of a note's editor are called."""
    return {f"{SECTION}{slug}": name for slug, name, _ in FORMATS[template][1]} | WORDS


def when(appointment: Mapping[str, Any], today: date | None) -> str:
    """`Wed, Nov 18, 9:30 am – 10:20 am`, by the clocks of the place; without `today` always with the year."""
    zone = appointment["time_zone"]
    begins, ends = (_local(appointment[name], zone) for name in ("starts_at", "ends_at"))
    return f"{text.day(begins.date(), today)}, {text.clock_time(begins)} – {text.clock_time(ends)}"


def service_date(appointment: Mapping[str, Any]) -> date:
    """The day of a session, by the clocks of the place."""
    return _local(appointment["starts_at"], appointment["time_zone"]).date()


def in_force(diagnoses: Iterable[Mapping[str, Any]], on: date) -> list[str]:
    """`F41.0 Panic disorder`: the diagnoses of a case on a day, primary first."""
    return [
        f"{diagnosis['code']} {diagnosis['title'] or ''}".strip()
        for diagnosis in sorted(diagnoses, key=lambda each: int(each["rank"]))
        if not diagnosis["entered_in_error_at"]
        and diagnosis["effective_from"] <= on.isoformat()
        and (diagnosis["effective_to"] is None or diagnosis["effective_to"] >= on.isoformat())
    ]


def checks_of(
    note: Mapping[str, Any],
    appointment: Mapping[str, Any] | None,
    service: Mapping[str, Any] | None,
    diagnoses: Sequence[Mapping[str, Any]] | None,
    now: datetime,
    diagnosis_page: str,
) -> list[Check]:
    """What stands between a draft and its signature, as far as it is known just now."""
    found = [_attendance(appointment, now)] if appointment else []
    if appointment and diagnoses is not None:
        codes = in_force(diagnoses, service_date(appointment))
        words = codes[0] if codes else f"None in force on {text.day(service_date(appointment), now.date())}"
        fix = (diagnosis_page, "Add diagnosis") if diagnosis_page and not codes else None
        found.append(Check("diagnosis", bool(codes), "Diagnosis", words, fix))
    found.append(_minutes(note["minutes"], service))
    return [*found, _sections(note)]


def _attendance(appointment: Mapping[str, Any], now: datetime) -> Check:
    if appointment["status"] == "arrived":
        return Check("attendance", True, "Attendance is set", "Kept")
    if datetime.fromisoformat(appointment["starts_at"]) > now:
        return Check("attendance", False, "Attendance is not set", "The session has not begun yet", blocks=True)
    words = {
        "no_show": "Marked as no-show",
        "late_cancelled": "Marked as cancelled late",
        "cancelled": "Marked as cancelled",
    }
    return Check(
        "attendance",
        False,
        "Attendance is not set",
        words.get(appointment["status"], "Nobody has said that it took place"),
        ("attendance", "Mark as kept"),
        blocks=True,
    )


def _minutes(minutes: int | None, service: Mapping[str, Any] | None) -> Check:
    least, most = (service["note_minutes_min"], service["note_minutes_max"]) if service else (None, None)
    fix = ("#f-minutes", "Change")
    if not minutes:
        return Check("minutes", False, "Session time", "Say how many minutes it took", fix, blocks=True)
    fits = (least is None or minutes >= least) and (most is None or minutes <= most)
    words = f"{minutes} min"
    if not fits:
        words += f". The service takes {span(least, most)}, so the invoice would wait"
    return Check("minutes", fits, "Session time", words, None if fits else fix)


def span(least: int | None, most: int | None) -> str:
    """`53 to 60 min`, `at least 16 min`, `at most 45 min`."""
    if least is not None and most is not None:
        return f"{least} to {most} min"
    return f"at least {least} min" if least is not None else f"at most {most} min"


def _sections(note: Mapping[str, Any]) -> Check:
    parts = sections_of(note["template"], note["content"])
    blank = [part for part in parts if not part.text.strip()]
    if not blank:
        return Check("sections", True, "Every section", "Filled in")
    words = f"{blank[0].name} is still empty" if len(blank) == 1 else f"{len(blank)} of {len(parts)} are still empty"
    return Check("sections", False, "Every section", words, (f"#n-{blank[0].slug}", "Write"), blocks=True)


def full_name(member: Mapping[str, Any] | None) -> str:
    """`Maya Okafor, PhD`: a clinician with the credentials of today."""
    return ", ".join([_name(member), *(member["credentials"] if member else ())])


def _name(member: Mapping[str, Any] | None) -> str:
    return f"{member['given_name']} {member['family_name']}" if member else "A member of staff"


def name_of_signer(signed: Mapping[str, Any], who: str = "signed_by") -> str:
    """`Maya Okafor, PhD`: who signed a version or an addendum, as they were called when they did."""
    return ", ".join([signed[f"{who}_name"] or "A member of staff", *(signed[f"{who}_credentials"] or ())])


def clinician_of(
    note: Mapping[str, Any], version: Mapping[str, Any] | None, people: Mapping[str, Mapping[str, Any]]
) -> str:
    """Who gave the service: the author, as they signed it, or the one whose draft the author has taken over."""
    if note["drafted_by"] or version is None:
        return full_name(people.get(note["drafted_by"] or note["author_id"]))
    return name_of_signer(version)


def signature_of(signed: Mapping[str, Any], zone: str) -> Signature:
    """The author's signature under a version or an addendum, by the practice's clocks."""
    name = name_of_signer(signed)
    at = stamp(signed["signed_at"], zone)
    return Signature(name, f"Electronically signed by {name}, {at}", at)


def signatures_of(version: Mapping[str, Any], zone: str) -> list[Signature]:
    """Who signed a version, the author first; then the supervisor, where there is one."""
    found = [signature_of(version, zone)]
    if version["countersigned_by"]:
        name = name_of_signer(version, "countersigned_by")
        verb = REVIEWS[version["countersignature"]][0]
        at = stamp(version["countersigned_at"], zone)
        found.append(Signature(name, f"{verb} by {name}, {at}", at))
    return found


def stamp(value: str, zone: str) -> str:
    """`Nov 18, 2026, 11:21:07 am EST`: an instant as it stands under a signature."""
    at = _local(value, zone)
    hour = f"{at.hour % 12 or 12}:{at:%M:%S}{text.NARROW_SPACE}{'am' if at.hour < 12 else 'pm'}"
    return f"{at:%b} {at.day}, {at.year}, {hour} {at:%Z}"


def history_of(
    note: Mapping[str, Any],
    people: Mapping[str, Mapping[str, Any]],
    zone: str,
    now: datetime,
    more: Iterable[tuple[str, Past]] = (),
) -> list[Past]:
    """What happened to a note, the last first. `more`: what happened around it, each with its instant."""
    lines = [*more]

    def add(at: str, title: str, by: str, picture: str, comment: str = "", kind: str = "") -> None:
        lines.append((at, Past(title, text.moment(at, zone, now), by, comment, picture, kind)))

    begun_by = people.get(note["drafted_by"] or note["author_id"])
    add(note["created_at"], "Draft begun", _name(begun_by), "square-pen")
    # What its author signed was only submitted, where a supervisor has the last word: that signature locks it.
    locked = iter([version for version in note["versions"] if version["countersigned_at"]])
    for review in note["reviews"]:
        title, picture = REVIEWS[review["action"]]
        comment, kind = review["comment"] or "", ""
        if review["action"] in COUNTERSIGNED and (version := next(locked, None)):
            title = f"{title} and locked" if version["number"] == 1 else f"{title} as version {version['number']}"
            comment, kind = version["reason"] or comment, "ok"
        add(review["at"], title, _name(people.get(review["by_staff_id"])), picture, comment, kind)
    before = None
    for version in note["versions"]:
        earlier, before = before, version
        if version["countersigned_at"]:
            continue
        title = "Signed and locked" if version["number"] == 1 else f"Version {version['number']} signed"
        if earlier and bills_alike(earlier, version):
            title = f"{title}, no effect on what is billed"
        add(version["signed_at"], title, name_of_signer(version), "lock", version["reason"] or "", "ok")
    for addendum in note["addenda"]:
        add(addendum["signed_at"], "Addendum signed", name_of_signer(addendum), "file-plus", "", "brand")
    return [past for _, past in sorted(lines, key=lambda line: line[0], reverse=True)]


def given_in_words(version: Mapping[str, Any], service: Mapping[str, Any] | None) -> str:
    """`90837 Psychotherapy, 55 min, Office`: what a signed version says was given."""
    named = f"{service['code']} {service['name']}" if service else ""
    place = PLACES.get(version["place_of_service"] or "", "")
    return ", ".join(part for part in (named, f"{version['minutes']} min", place) if part)


def _local(value: str, zone: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
