"""Asks whether vulnerabilities are known in the locked packages; says so where the database cannot be reached.

    python -m tools.known_vulnerabilities

pip-audit reports "no known vulnerabilities" also for packages that it could not look up, so its answer is read closely.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from testing.source_tree import ROOT

WAITS_S: Final = 180.0


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known of the locked packages.

    Attributes:
        checked: packages that the database knows.
        unchecked: packages that could not be looked up.
        found: one line for each vulnerability.
    """

    checked: int
    unchecked: int
    found: tuple[str, ...]

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Self:
        """Reads pip-audit's JSON.

        >>> Audit.of({"dependencies": [{"name": "six", "skip_reason": "not found"}]}).unchecked
        1
        """
        packages = answer["dependencies"]
        found = tuple(
            f"{package['name']} {package['version']}: {each['id']}, mended in {', '.join(each['fix_versions']) or '-'}"
            for package in packages
            for each in package.get("vulns", ())
        )
        unchecked = sum("skip_reason" in package for package in packages)
        return cls(len(packages) - unchecked, unchecked, found)

    @property
    def sentence(self) -> str:
        """What to print."""
        if self.found:
            return "\n".join(("Known vulnerabilities:", *self.found))
        if not self.checked:
            return "Known vulnerabilities: not checked, as no database can be reached from here."
        left = f"; {self.unchecked} not checked" if self.unchecked else ""
        return f"Known vulnerabilities: none in {self.checked} packages{left}."


def audit(lock: Path) -> Audit | None:
    """Returns what is known of a lock file's packages; None where that cannot be found out."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--requirement", str(lock)]
    command += ["--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAITS_S, check=False)
        return Audit.of(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def main() -> int:
    """Returns the exit code: 1 where a vulnerability is known."""
    found = audit(ROOT / "requirements.lock") or Audit(0, 0, ())
    print(found.sentence)
    return 1 if found.found else 0


if __name__ == "__main__":
    sys.exit(main())
