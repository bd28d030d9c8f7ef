"""A program that ends with the thread that has started it: `python -m …tied_child PARENT MODULE WORD…`.

An actor of a machine that Ray has given up is killed without warning, and what it has started must not go on alone.
"""

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from passerby.sandbox.limits import prctl
from passerby.service.supervised_process import module_command

PR_SET_PDEATHSIG: Final = 1
KEPT: Final = frozenset(
    {"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "STATE_DIRECTORY", "XDG_DATA_HOME", "PYTHONPATH"}
)
"""What such a program gets of the environment: nothing of Ray's, whose token it must not have."""
OWN: Final = "PASSERBY_"


def tied_command(module: str, *words: str) -> list[str]:
    """Returns the command line that runs one of our modules so."""
    return module_command("passerby.service.ray_engine.tied_child", str(os.getpid()), module, *words)


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment of such a program.

    >>> child_environment({"PATH": "/bin", "RAY_AUTH_TOKEN": "secret", "OMP_NUM_THREADS": "1"})
    {'PATH': '/bin'}
    """
    return {name: value for name, value in environment.items() if name in KEPT or name.startswith(OWN)}


def main() -> int:
    """Has the kernel end this process with its parent, and becomes the program."""
    parent, module, *words = sys.argv[1:]
    with suppress(OSError):  # Linux alone has it
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    command = module_command(module, *words)
    if os.getppid() == int(parent):  # else it has ended already
        os.execv(command[0], command)  # noqa: S606  # nosec B606 - our own interpreter, without a shell
    return 1


if __name__ == "__main__":
    sys.exit(main())
