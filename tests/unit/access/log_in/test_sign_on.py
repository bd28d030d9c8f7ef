"""What a provider's token proves, and where a log-in leads afterwards."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.access import ProviderError
from passerby.access.log_in.sign_on import _Waiting, is_strong, local_path
from passerby.domain.access_plan import Provider
from testing.access.people import People

CITY = Provider("city", "https://id.example.org", "passerby", None, ("mfa", "hwk"), ("urn:high",))


@pytest.mark.parametrize(
    ("claims", "strong"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["hwk"]}, True),
        ({"acr": "urn:high"}, True),
        ({"amr": ["pwd"], "acr": "urn:low"}, False),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"], None, 7]}, False),
        ({"acr": ["urn:high"]}, False),
        ({"acr": None}, False),
        ({}, False),
    ],
)
@pytest.mark.asvs("6.8.4")
def test_methods_and_levels(claims: dict[str, object], strong: bool) -> None:
    assert is_strong(claims, CITY) is strong
    assert not is_strong(claims, Provider("city", "https://id.example.org", "passerby"))


@given(st.text(max_size=40) | st.from_regex(r"[/\\]{1,3}[a-z.:@]{0,20}", fullmatch=True))
@pytest.mark.asvs("3.7.2")
def test_a_log_in_leads_to_this_service_alone(path: str) -> None:
    found = local_path(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isascii()


NOW_S = 1_790_640_000
WAITING = _Waiting("city", "v" * 43, "n" * 43, "b" * 64, "/")
RIGHT = {"iss": CITY.issuer, "sub": "ana-42", "aud": "passerby", "nonce": "n" * 43, "iat": NOW_S, "exp": NOW_S + 600}


def checked(claims: dict[str, object], waiting: _Waiting = WAITING) -> None:
    people = People()
    people.clock.now_s = NOW_S
    people.access.sign_on._checked({"alg": "ES256"}, claims, CITY, waiting)


def test_a_token_for_this_log_in_is_taken() -> None:
    checked(RIGHT)
    checked({**RIGHT, "aud": ["passerby", "other"], "azp": "passerby"})
    checked({**RIGHT, "iat": NOW_S - 119, "exp": NOW_S - 119})
    checked({**RIGHT, "auth_time": NOW_S - 10}, replace(WAITING, session_id="s"))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"aud": "other"},
        {"aud": ["passerby", "other"]}, {"aud": {"passerby": 1}}, {"aud": []}, {"nonce": "other"}, {"nonce": None},
        {"exp": NOW_S - 121}, {"exp": "soon"}, {"exp": None}, {"iat": NOW_S - 3600}, {"iat": NOW_S + 3600},
        {"iat": "x"}, {"iat": float("nan")}, {"exp": float("nan")}, {"nbf": float("nan")},
        {"iat": True}, {"iat": 2**80}, {"nbf": NOW_S + 3600}, {"azp": "other"}, {"iat": float("inf")},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.asvs("9.2.2", "9.2.3", "10.5.1", "10.5.4")
def test_any_other_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ProviderError):
        checked({**RIGHT, **change})


@pytest.mark.parametrize("auth_time", [None, NOW_S - 3600, "now", True])
@pytest.mark.asvs("7.6.1")
def test_an_old_log_in_at_the_provider_confirms_nothing(auth_time: object) -> None:
    claims = RIGHT if auth_time is None else {**RIGHT, "auth_time": auth_time}
    with pytest.raises(ProviderError):
        checked(claims, replace(WAITING, session_id="s"))


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from([*RIGHT, "azp", "nbf", "amr", "acr", "auth_time", "at_hash"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.text(max_size=3)),
    )
)
def test_no_claims_at_all_break_anything(claims: dict[str, object]) -> None:
    for given_claims in (claims, {**RIGHT, **claims}):
        with contextlib.suppress(ProviderError):
            checked(given_claims)
