"""Two functions of SciPy, taken without their packages, give what SciPy gives."""

import subprocess
import sys

import numpy as np
import scipy.fft
import scipy.optimize

from passerby import scipy_parts


def test_they_give_to_the_last_bit_what_scipy_gives() -> None:
    chance = np.random.default_rng(1)
    fields = chance.random((7, 32, 24)).astype(np.float32)
    spectra = scipy_parts.fft2(fields)
    assert spectra.dtype == np.complex64
    assert np.array_equal(spectra, scipy.fft.fft2(fields))
    assert np.array_equal(scipy_parts.ifft2(spectra), scipy.fft.ifft2(spectra))
    cost = chance.random((9, 14))
    for ours, theirs in zip(
        scipy_parts.linear_sum_assignment(cost), scipy.optimize.linear_sum_assignment(cost), strict=True
    ):
        assert np.array_equal(ours, theirs)


def test_none_of_its_packages_is_loaded_where_no_one_counted_by_hand() -> None:
    code = (
        "import sys, passerby.scipy_parts, passerby.domain.line_accuracies as lines\n"
        "lines.PRIOR.of('gate', 'north', None, None).true_crossings(9)\n"
        "print(sum(name.split('.')[0] == 'scipy' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "0\n"


def test_another_layout_of_scipy_takes_its_packages(monkeypatch) -> None:
    monkeypatch.setattr(scipy_parts, "_extension", lambda _folder, _name: None)
    fields = np.eye(8, dtype=np.float32)
    assert np.array_equal(scipy_parts._transform()(fields, True), scipy.fft.fft2(fields))
    assert scipy_parts._assignment() is scipy.optimize.linear_sum_assignment
