"""Single compiled functions of SciPy, without the packages around them.

`scipy.optimize` and `scipy.fft` load 650 modules, 31 MB in each camera's process, for two functions of some kilobytes.
"""

from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def _extension(folder: str, name: str) -> ModuleType | None:
    """Loads one compiled module of SciPy's; None where this version has it elsewhere."""
    package = find_spec("scipy")
    for root in (package.submodule_search_locations or ()) if package is not None else ():
        for suffix in EXTENSION_SUFFIXES:
            path = Path(root, folder, f"{name}{suffix}")
            spec = spec_from_file_location(name, path, loader=ExtensionFileLoader(name, str(path)))
            if path.is_file() and spec is not None and spec.loader is not None:
                module = module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
    return None


def _assignment() -> Callable[..., tuple[Indices, Indices]]:
    found: Any = _extension("optimize", "_lsap")
    if found is None:
        import scipy.optimize

        found = scipy.optimize
    solve: Callable[..., tuple[Indices, Indices]] = found.linear_sum_assignment
    return solve


def _transform() -> Callable[[npt.NDArray[Any], bool], npt.NDArray[Any]]:
    parts: Any = _extension("fft/_pocketfft", "pypocketfft")
    if parts is not None:
        return lambda fields, forward: np.asarray(parts.c2c(fields, (-2, -1), forward, 0 if forward else 2, None, 1))
    import scipy.fft as whole

    return lambda fields, forward: np.asarray((whole.fft2 if forward else whole.ifft2)(fields, workers=1))


linear_sum_assignment = _assignment()
"""As `scipy.optimize.linear_sum_assignment`."""

_transformed = _transform()


def fft2(fields: npt.NDArray[np.float32]) -> npt.NDArray[np.complex64]:
    """Returns the Fourier transform over the last two axes: complex64 of the same shape; as `scipy.fft.fft2`."""
    return np.asarray(_transformed(fields, True), np.complex64)


def ifft2(spectra: npt.NDArray[np.complex64]) -> npt.NDArray[np.complex64]:
    """Returns what `fft2` takes back: complex64 of the same shape; as `scipy.fft.ifft2`."""
    return np.asarray(_transformed(spectra, False), np.complex64)
