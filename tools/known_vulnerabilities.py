"""Asks whether vulnerabilities are known in the locked packages; says so where the database cannot be reached.

    python -m tools.known_vulnerabilities

pip-audit reports "no known vulnerabilities" also for packages that it could not look up, so its answer is read closely.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from testing.source_tree import ROOT

WAITS_S: Final = 180.0

_UNREACHABLE: Final = re.compile(
    r"^(requests\.exceptions\.(ConnectionError|ProxyError|ConnectTimeout|ReadTimeout)\b"
    r"|requests\.exceptions\.HTTPError: (403|407|429|5\d\d)\b"
    r"|ERROR:.*(Could not connect to|is not redirecting properly))",
    re.MULTILINE,
)
"""What pip-audit prints where its database cannot be reached, is kept from us, or is out of order."""


class AuditFailedError(Exception):
    """The check itself failed."""


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


NOT_CHECKED: Final = Audit(0, 0, ())


def read_answer(exit_code: int, output: str, errors: str) -> Audit:
    """Returns what pip-audit found out; nothing is checked where it could not reach its database.

    Args:
        exit_code, output, errors: of pip-audit.

    Raises:
        AuditFailedError: it failed for another reason, or its answer makes no sense.
    """
    if not output.strip() and _UNREACHABLE.search(errors):
        return NOT_CHECKED
    try:
        audit = Audit.of(json.loads(output))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise AuditFailedError(_last_line(errors) or f"it ended with code {exit_code} and no answer") from None
    if not audit.checked + audit.unchecked:
        raise AuditFailedError("it looked at no package")
    if exit_code != bool(audit.found):
        raise AuditFailedError(_last_line(errors) or f"it ended with code {exit_code}")
    return audit


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def audit(lock: Path) -> Audit:
    """Returns what is known of a lock file's packages; raises AuditFailedError where pip-audit itself fails."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--requirement", str(lock)]
    command += ["--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAITS_S, check=False)
    except subprocess.TimeoutExpired:  # a network that drops what it does not let through
        return NOT_CHECKED
    return read_answer(done.returncode, done.stdout, done.stderr)


def main(lock: Path = ROOT / "requirements.lock") -> int:
    """Returns the exit code: 1 where a vulnerability is known, 2 where pip-audit failed."""
    try:
        found = audit(lock)
    except AuditFailedError as fault:
        print(f"Known vulnerabilities: pip-audit failed: {fault}. Mend it: nothing was checked.", file=sys.stderr)
        return 2
    print(found.sentence)
    return 1 if found.found else 0


if __name__ == "__main__":
    sys.exit(main())
