"""What is to run, as each process of a service reads it from the data folder and the site file."""

from collections.abc import Mapping
from pathlib import Path

from passerby.camera_secrets.keeper import CameraPasswords
from passerby.config.service import service_site
from passerby.config.texts.site_storage import applied_file, published_copy, text_of
from passerby.domain.errors import SiteFileError
from passerby.domain.service import SitePlan


def published_plan(site: Path, data: Path, environment: Mapping[str, str], *, connects: bool = False) -> SitePlan:
    """The plan that runs, as every process of a service reads it: what the register says, and nothing else.

    Args:
        site: the site file; relative paths count from its folder.
        data: the data folder.
        environment: variables that secrets are taken from.
        connects: the process connects to cameras, so that it needs the passwords that are kept encrypted.

    Raises:
        SiteFileError: nothing has been published yet, the copy is not what was published, or a secret is missing.
    """
    text, _ = published_copy(data)
    stored = CameraPasswords(data, environment).read(withheld=not connects)
    return service_site(text, str(applied_file(data)), site.absolute().parent, environment, stored=stored).plan


def wanted_plan(site: Path, data: Path, environment: Mapping[str, str]) -> SitePlan:
    """The plan that is to run: of the site file, or of the copy that ran last where the file has faults.

    Raises:
        SiteFileError: the site file has faults, and none has ever run.
    """
    folder = site.absolute().parent
    try:
        return service_site(text_of(site), str(site), folder, environment).plan
    except SiteFileError as faults:
        path = applied_file(data)
        if not path.exists():
            raise
        try:
            return service_site(text_of(path), str(path), folder, environment).plan
        except SiteFileError:
            raise faults from None
