"""Why a connection failed: a certificate out of its time says what this machine takes for now."""

import ssl

import pytest

from passerby.publish.outlets.trust import why_failed


def failed(code: int, words: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, words
    return error


@pytest.mark.parametrize(("code", "words"), [(9, "certificate is not yet valid"), (10, "certificate has expired")])
def test_a_certificate_out_of_its_time_names_this_machines_clock(code: int, words: str) -> None:
    why = why_failed(failed(code, words))
    assert why.startswith(f"its certificate is not trusted: {words} (is this machine's clock right? It says 20")


def test_another_fault_of_a_certificate_says_nothing_of_clocks() -> None:
    assert why_failed(failed(62, "Hostname mismatch")) == "its certificate is not trusted: Hostname mismatch"
