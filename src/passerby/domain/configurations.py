"""The versions that a site file has had."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfigurationVersion:
    """One version of the site file, whole, so that it can be gone back to.

    Attributes:
        number: 1 for the first; each new version is one higher.
        time_ns: UTC nanoseconds at which it was applied.
        author: the account, or the part of the system, that applied it.
        text: the file as it was, comments included.
    """

    number: int
    time_ns: int
    author: str
    text: str
