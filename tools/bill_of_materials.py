"""Writes the list of what passerby is made of: CycloneDX, every package that an installation with all extras has.

    python -m tools.bill_of_materials [build/passerby.cdx.json]

It is made from the environment that the tests ran in, without what only a checkout needs.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

from testing.source_tree import ROOT, runtime_packages

TARGET: Final = ROOT / "build" / "passerby.cdx.json"
ROOT_REF: Final = "root-component"


def shipped(bill: dict[str, Any], packages: Iterable[str]) -> dict[str, Any]:
    """The bill with these packages alone.

    Args:
        bill: CycloneDX JSON of a whole environment whose root component is passerby.
        packages: their canonical names.
    """
    wanted = set(packages)
    components = [part for part in bill["components"] if canonicalize_name(part["name"]) in wanted]
    kept = {part["bom-ref"] for part in components} | {ROOT_REF}
    # A package's extras name what it may be used with, too: what is not shipped is no part of it.
    dependencies = [
        {**entry, "dependsOn": [ref for ref in entry.get("dependsOn", ()) if ref in kept]}
        for entry in bill["dependencies"]
        if entry["ref"] in kept
    ]
    return {**bill, "components": components, "dependencies": dependencies}


def environment_bill() -> dict[str, Any]:
    """CycloneDX of the environment that runs this."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    command += ["--output-reproducible", "--of", "JSON", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    bill: dict[str, Any] = json.loads(done.stdout)
    return bill


def faults(bill: dict[str, Any], packages: Iterable[str]) -> list[str]:
    """What is wrong with a bill: packages that it lacks, has twice or without a version; another root than passerby."""
    parts = [(canonicalize_name(part["name"]), part.get("version")) for part in bill["components"]]
    named = dict(parts)
    root = bill["metadata"]["component"]["name"]
    return [
        *(f"{package}: not in the bill" for package in sorted(set(packages) - named.keys())),
        *(["a package is in the bill twice"] if len(named) < len(parts) else []),
        *(f"{package}: without a version" for package, version in named.items() if not version),
        *([] if root == "passerby" else [f"the bill is of {root}, not of passerby"]),
    ]


def main(arguments: list[str]) -> int:
    """Writes the bill; exit code 0, or 1 where it is not complete, and standard error says what is wrong."""
    target = Path(arguments[0]) if arguments else TARGET
    packages = runtime_packages()
    bill = shipped(environment_bill(), packages)
    if wrong := faults(bill, packages):
        print("tools.bill_of_materials:", *wrong, sep="\n", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    print(f"{target}: {len(bill['components'])} packages, CycloneDX {bill['specVersion']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
