"""What is to run, as each process of a service reads it from the data folder and the site file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from passerby.camera_secrets.keeper import CameraPasswords
from passerby.config.service import ServiceSite, service_site
from passerby.config.texts.site_storage import applied_file, published_copy, text_of
from passerby.domain.errors import SiteFileError
from passerby.domain.service import SitePlan


@dataclass(frozen=True, slots=True, eq=False)
class ReadSite:
    """A site file as it was read, for all parts of a process that begins: thousands of cameras take seconds each time.

    Attributes:
        text: the whole file.
        service: what it says, without the passwords that are kept encrypted.
    """

    text: str
    service: ServiceSite


def read_site(site: Path, environment: Mapping[str, str]) -> ReadSite:
    """Reads a site file.

    Args:
        site: the site file; relative paths count from its folder.
        environment: variables that secrets are taken from.

    Raises:
        SiteFileError: it has faults.
    """
    return _read(site, site.absolute().parent, environment)


def published_plan(
    site: Path,
    data: Path,
    environment: Mapping[str, str],
    *,
    connects: bool = False,
    read: ReadSite | None = None,
) -> SitePlan:
    """The plan that runs, as every process of a service reads it: what the register says, and nothing else.

    Args:
        site: the site file; relative paths count from its folder.
        data: the data folder.
        environment: variables that secrets are taken from.
        connects: the process connects to cameras, so that it needs the passwords that are kept encrypted.
        read: what was read just now; not read again where it is what was published.

    Raises:
        SiteFileError: nothing has been published yet, the copy is not what was published, or a secret is missing.
    """
    text, _ = published_copy(data)
    stored = CameraPasswords(data, environment).read(withheld=not connects)
    if read is not None and read.text == text:
        return read.service.with_stored(stored).plan
    return service_site(text, str(applied_file(data)), site.absolute().parent, environment, stored=stored).plan


def wanted_site(site: Path, data: Path, environment: Mapping[str, str]) -> ReadSite:
    """What is to run: the site file, or the copy that ran last where the file has faults.

    Raises:
        SiteFileError: the site file has faults, and none has ever run.
    """
    folder = site.absolute().parent
    try:
        return _read(site, folder, environment)
    except SiteFileError as faults:
        path = applied_file(data)
        if not path.exists():
            raise
        try:
            return _read(path, folder, environment)
        except SiteFileError:
            raise faults from None


def wanted_plan(site: Path, data: Path, environment: Mapping[str, str]) -> SitePlan:
    """The plan of `wanted_site`; raises as that does."""
    return wanted_site(site, data, environment).service.plan


def _read(path: Path, folder: Path, environment: Mapping[str, str]) -> ReadSite:
    text = text_of(path)
    return ReadSite(text, service_site(text, str(path), folder, environment))
