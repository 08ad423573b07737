"""Passwords that leaked, found in a sorted file of hashes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.passwords.breached_passwords import BreachedPasswords
from shared.settings import MissingSetting
from shared.testing.web import service_client

LEAKED = "Teal-Orbit-Lantern-9"


def hashes(passwords, end="\r\n"):
    """The file's lines for these passwords."""
    digests = sorted(hashlib.sha1(password.encode()).hexdigest().upper() for password in passwords)
    return "".join(f"{digest}:{count + 1}{end}" for count, digest in enumerate(digests))


@given(
    st.sets(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=40), st.sampled_from(["\n", "\r\n"])
)
def test_what_is_in_the_file_is_found_and_nothing_else(tmp_path_factory, passwords, end):
    file = tmp_path_factory.mktemp("leaked") / "sorted"
    held = {password for number, password in enumerate(sorted(passwords)) if number % 2 == 0}
    file.write_text(hashes(held, end).removesuffix(end), newline="")
    known = BreachedPasswords(str(file))
    assert {password for password in passwords if password in known} == held


def test_without_a_file_nothing_leaked():
    assert LEAKED not in BreachedPasswords()


def test_a_file_that_is_none_stops_the_start(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "plain").write_text("password\n123456\n" * 10)
    for path in (tmp_path / "missing", tmp_path / "empty", tmp_path / "plain"):
        with pytest.raises(MissingSetting):
            BreachedPasswords(str(path))


def test_a_leaked_password_is_refused_wherever_one_is_set(database, keys, tmp_path):
    file = tmp_path / "sorted"
    file.write_text(hashes([LEAKED, "another"]))
    public = service_client(database, keys, BREACHED_PASSWORDS_FILE=str(file))
    administrator = {"given_name": "Ina", "family_name": "Vale", "email": "ina@example.test", "password": LEAKED}
    founding = {"name": "Vale Practice", "time_zone": "America/New_York", "administrator": administrator}
    refused = public.post("/organizations", founding)
    assert (refused.status_code, refused.json["code"]) == (422, "breached_password")
    assert refused.json["errors"][0]["field"] == "administrator.password"
    administrator["password"] = LEAKED + " and more"
    assert public.post("/organizations", founding).status_code == 201
