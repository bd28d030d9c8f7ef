"""Answers to a camera's challenge, checked against the examples of the standards."""

from unittest.mock import patch

import pytest

from passerby.ingest.sources.errors import CredentialsRefusedError
from passerby.ingest.sources.http.authorisation import Authorisation

RFC2617 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
RFC7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RFC7616_OWN = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def test_the_example_of_rfc_2617() -> None:
    authorisation = Authorisation("Mufasa", "Circle Of Life")
    assert authorisation.learn([RFC2617])
    with patch("passerby.ingest.sources.http.authorisation.secrets.token_hex", return_value="0a4f113b"):
        header = authorisation.header("GET", "/dir/index.html")
    assert header is not None
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert "nc=00000001" in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header


def test_the_examples_of_rfc_7616_and_that_the_stronger_one_is_taken() -> None:
    both = Authorisation("Mufasa", "Circle of Life")
    assert both.learn([RFC7616.format("MD5"), RFC7616.format("SHA-256")])
    weak = Authorisation("Mufasa", "Circle of Life")
    assert weak.learn([RFC7616.format("MD5")])
    with patch("passerby.ingest.sources.http.authorisation.secrets.token_hex", return_value=RFC7616_OWN):
        strong_told, weak_told = both.header("GET", "/dir/index.html"), weak.header("GET", "/dir/index.html")
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in str(strong_told)
    assert "8ca523f5e9506fed4657c9700eebdbec" in str(weak_told)


def test_basic_where_the_camera_knows_no_other() -> None:
    authorisation = Authorisation("Aladdin", "open sesame")
    assert authorisation.learn(['Basic realm="x"'])
    assert authorisation.header("GET", "/") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert authorisation.learn(['Basic realm="x"', 'Digest realm="x", nonce="n"'])
    assert str(authorisation.header("GET", "/")).startswith("Digest ")


@pytest.mark.asvs("12.3.1")
def test_basic_in_clear_is_refused_where_it_is_not_allowed() -> None:
    guarded = Authorisation("Aladdin", "open sesame", in_clear=False)
    with pytest.raises(CredentialsRefusedError, match="Set the camera to Digest or to TLS") as refusal:
        guarded.learn(['Basic realm="x"'])
    assert "sesame" not in str(refusal.value)
    assert guarded.header("GET", "/") is None
    assert guarded.learn(['Basic realm="x"', 'Digest realm="x", nonce="n"'])
    assert str(guarded.header("GET", "/")).startswith("Digest ")
    assert not Authorisation("", "", in_clear=False).learn(['Basic realm="x"'])


def test_nothing_is_reported_before_it_is_asked_for_or_without_a_user() -> None:
    assert Authorisation("u", "p").header("GET", "/") is None
    anonymous = Authorisation("", "")
    assert not anonymous.learn([RFC2617])
    assert anonymous.header("GET", "/") is None


def test_what_cannot_be_answered_is_not() -> None:
    authorisation = Authorisation("u", "p")
    assert not authorisation.learn(['Digest realm="x", nonce="n", algorithm=SHA3-256', "Negotiate YII=", ""])
    assert authorisation.header("GET", "/") is None


def test_a_name_cannot_break_out_of_its_quotes_and_the_password_is_never_shown() -> None:
    authorisation = Authorisation('a"b', "S3cret")
    authorisation.learn(['Digest realm="x", nonce="n"'])
    header = str(authorisation.header("GET", "/"))
    assert 'username="a\\"b"' in header
    assert "S3cret" not in header + repr(authorisation)


def test_several_challenges_in_one_field() -> None:
    authorisation = Authorisation("u", "p")
    assert authorisation.learn(
        ['Basic realm="a, Digest b", Digest realm=c, nonce=d, algorithm="MD5", Bearer realm="e"']
    )
    assert 'realm="c", nonce="d"' in str(authorisation.header("GET", "/"))


def test_the_realm_goes_back_byte_for_byte() -> None:
    came = "Kamera-Süd".encode().decode("latin-1")
    authorisation = Authorisation("ü", "p")
    assert authorisation.learn([f'Digest realm="{came}", nonce="n"'])
    header = str(authorisation.header("GET", "/")).encode("latin-1")
    assert 'username="ü", realm="Kamera-Süd"'.encode() in header


def test_a_request_is_worth_sending_again_once_or_where_the_nonce_was_stale() -> None:
    authorisation = Authorisation("u", "p")
    assert [authorisation.learn(['Digest realm="x", nonce="n"'], times) for times in range(3)] == [True, False, False]
    stale = ['Digest realm="x", nonce="n", stale=TRUE']
    assert [authorisation.learn(stale, times) for times in range(5)] == [True, True, True, False, False]
    assert not authorisation.learn(['Basic realm="x"'], 1)


def test_a_refusal_without_a_challenge_leaves_the_last_one() -> None:
    authorisation = Authorisation("u", "p")
    authorisation.learn(['Digest realm="x", nonce="n"'])
    assert not authorisation.learn([])
    assert 'nonce="n"' in str(authorisation.header("GET", "/"))


def test_no_number_is_used_twice_with_one_nonce() -> None:
    authorisation = Authorisation("u", "p")
    numbers = []
    for nonce in ("a", "a", "b"):
        authorisation.learn([f'Digest realm="x", nonce="{nonce}", qop="auth"'])
        numbers.append(str(authorisation.header("GET", "/")).rpartition("nc=")[2])
    assert numbers == ["00000001", "00000002", "00000001"]


def test_the_example_of_rfc_7616_with_a_hashed_name() -> None:
    """As erratum 4897 has it: the standard's own figures were made with another function than SHA-512/256."""
    authorisation = Authorisation("J\u00e4s\u00f8n Doe", "Secret, or not?")
    assert authorisation.learn(
        [
            'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, charset=UTF-8, userhash=true, '
            'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"'
        ]
    )
    own = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
    with patch("passerby.ingest.sources.http.authorisation.secrets.token_hex", return_value=own):
        header = str(authorisation.header("GET", "/doe.json"))
    assert 'response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"' in header
    assert 'username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"' in header
    assert "userhash=true" in header
    assert "Doe" not in header


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (("MD5", "SHA-256", "SHA-512-256"), "SHA-512-256"),
        (("SHA-256-sess", "md5"), "SHA-256-sess"),
        (("MD5", "SHA-3"), "MD5"),
    ],
)
def test_the_strongest_digest_that_is_spoken_is_answered(offered: tuple[str, ...], taken: str) -> None:
    authorisation = Authorisation("u", "p")
    challenges = [f'digest realm="{name}", nonce="n", qop="auth", algorithm={name}' for name in offered]
    assert authorisation.learn([", ".join(challenges)])
    assert f"algorithm={taken}" in str(authorisation.header("GET", "/"))


def test_the_strongest_of_several_fields_is_answered() -> None:
    authorisation = Authorisation("u", "p")
    assert authorisation.learn([f'Digest realm="{name}", nonce="n", algorithm={name}' for name in ("MD5", "SHA-256")])
    assert 'realm="SHA-256"' in str(authorisation.header("GET", "/"))


@pytest.mark.parametrize("challenge", ['Digest realm="r", nonce="n"', 'Basic realm="r"'])
def test_names_that_look_the_same_are_the_same_to_a_camera_that_takes_utf_8(challenge: str) -> None:
    def header(user: str, password: str, more: str) -> str:
        authorisation = Authorisation(user, password)
        authorisation.learn([challenge + more])
        return str(authorisation.header("GET", "/"))

    composed, decomposed = ("J\u00e4s", "\u00e9"), ("Ja\u0308s", "e\u0301")
    assert header(*decomposed, ', charset="UTF-8"') == header(*composed, ', charset="UTF-8"') == header(*composed, "")
    assert header(*decomposed, "") != header(*composed, "")
