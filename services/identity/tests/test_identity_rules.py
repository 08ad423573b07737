"""The rules by themselves: identifiers, who manages whom, and the pause after wrong passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from services.identity.login_throttling.rules import (
    FAILURE_BUCKETS,
    FROM_EVERYWHERE,
    FROM_ONE_NETWORK,
    failure_bucket,
    failures_after,
    seconds_to_wait,
)
from services.identity.organization.rules import is_npi, is_tax_id
from services.identity.staff.rules import (
    MANAGED_BY_ADMINISTRATION,
    OWNER,
    email_key,
    ensure_may_manage,
    normalised_levels,
)
from services.identity.tokens.rules import hash_family, organization_of, refresh_token_for, renewed, token_for
from shared.errors import Forbidden
from shared.keys.sealing import Sealer, fresh_key
from shared.permissions import LEVELS

LEVEL_SETS = st.frozensets(st.sampled_from(sorted(LEVELS)))
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.from_regex(r"[12][0-9]{9}", fullmatch=True))
def test_an_npi_passes_luhn_behind_its_prefix(number):
    assert is_npi(number) == luhn.is_valid("80840" + number)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_an_npi_is_noticed(head, place, by):
    number = head + luhn.calc_check_digit("80840" + head)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert is_npi(number) and not is_npi(wrong)


@pytest.mark.parametrize("text", ["", "123456789", "12345678930", "3234567893", "１234567893", "123456789X"])
def test_what_is_no_npi(text):
    assert not is_npi(text)


@pytest.mark.parametrize(
    ("text", "right"), [("12-3456789", True), ("123456789", False), ("1-23456789", False), ("１2-3456789", False)]
)
def test_tax_ids(text, right):
    assert is_tax_id(text) == right


@given(held=LEVEL_SETS, before=LEVEL_SETS, after=LEVEL_SETS, changes_access=st.booleans())
def test_only_owners_touch_administrators(held, before, after, changes_access):
    try:
        ensure_may_manage(held, before, after, is_self=False, changes_access=changes_access)
    except Forbidden:
        assert OWNER not in held
    else:
        assert OWNER in held or before | after <= MANAGED_BY_ADMINISTRATION


@given(held=LEVEL_SETS, after=LEVEL_SETS)
def test_no_level_allows_to_change_ones_own(held, after):
    with pytest.raises(Forbidden) as refused:
        ensure_may_manage(held, held, after, is_self=True, changes_access=True)
    assert refused.value.code == "own_permissions"
    ensure_may_manage(held, held, held, is_self=True, changes_access=False)


@given(levels=st.lists(st.sampled_from(sorted(LEVELS))))
def test_default_is_implied(levels):
    assert set(normalised_levels(levels)) == {"default", *levels}


@given(window=st.sampled_from([FROM_ONE_NETWORK, FROM_EVERYWHERE]), gaps=st.lists(st.integers(0, 120), max_size=250))
def test_no_window_holds_more_wrong_passwords_than_it_may(window, gaps):
    count, since, now, tried = 0, None, START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        wait = seconds_to_wait(window, count, since, now)
        assert 0 <= wait <= window.length.total_seconds()
        if wait == 0:
            count, since = failures_after(window, count, since, now)
            tried.append((since, now))
    for start in {start for start, _ in tried}:
        assert sum(window == start for window, _ in tried) <= window.failures_max
    # Fixed windows, so that a pause never lasts longer than a minute: across a border up to twice as many fit.
    assert seconds_to_wait(window, count, since, now + window.length) == 0


@given(st.emails())
def test_spellings_of_an_address_are_counted_together(email):
    keyed = Sealer(fresh_key()).fingerprint
    bucket = failure_bucket(keyed, email_key(email), "n")
    assert bucket == failure_bucket(keyed, email_key(f" {email.upper().lower()} "), "n")
    assert 0 <= bucket < FAILURE_BUCKETS


@pytest.mark.abuse("A-AUTH-bucket-collision")
def test_nobody_foretells_where_an_address_is_counted():
    """The place depends on this installation's key."""
    keys = [Sealer(fresh_key()).fingerprint for _ in range(20)]
    assert len({failure_bucket(keyed, "maya@example.test", "192.0.2.0/24") for keyed in keys}) > 10


@given(st.uuids())
def test_a_token_names_its_organization_and_a_family_lasts(organization_id):
    assert organization_of(token_for(organization_id)) == organization_id
    first = refresh_token_for(organization_id)
    second = renewed(first)
    assert first != second and hash_family(first) == hash_family(second)
    assert organization_of(first) == organization_of(second) == organization_id
    assert hash_family(refresh_token_for(organization_id)) != hash_family(first)
    assert len(second) <= 200  # what the requests take


@given(st.text())
def test_any_text_can_be_asked_for_its_organization(text):
    organization_of(text)
