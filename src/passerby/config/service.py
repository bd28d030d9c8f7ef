"""The plan of a running service, made from a site file and the environment that its secrets come from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.config.addresses import address_of
from passerby.config.document import Document, DocumentError, read_text
from passerby.config.events.recipient_plans import missing_of_recipients, recipients_of
from passerby.config.events.rules import profiles_of, rules_of
from passerby.config.loader import layout_of, site_of_text
from passerby.config.register.number_outlets import missing_of_outlets
from passerby.config.register.records import registration_of, site_record
from passerby.config.rules.warnings import own_passwords, plain_secrets, site_warnings
from passerby.config.secrets.references import NO_REFERENCES, References, source_address
from passerby.config.service_keys import (
    LONGEST_SECRET_LETTERS,
    PLACEHOLDER,
    AccessKeys,
    ServerKeys,
    SourceKeys,
    is_store_url,
)
from passerby.config.site import CameraKeys, Site
from passerby.config.validation import Fault, Loc, dotted, sentences
from passerby.domain.access_plan import AccessPlan, Provider
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.film import Mode
from passerby.domain.service import LIVE_FPS, CameraPlan, DetectorPlan, ServerPlan, SitePlan, TlsFiles
from passerby.domain.sources import CameraSource, SourceKind, Transport
from passerby.key_files import credential_file
from passerby.units import BYTES_PER_GB, HOUR_S, MINUTE_S

_SQLITE = "sqlite:///"
_NO_CAMERA = "there is no camera, so nothing is watched: add one on the page /welcome, or in the site file"


class StoredPasswords(Protocol):
    """The cameras' passwords that are kept encrypted, outside of the site file."""

    def password(self, camera: str, source: CameraSource) -> str:
        """Returns the password of a camera as it is reached now; empty where none is stored.

        Raises:
            PasserbyError: it is stored, and cannot be opened.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ServiceSite:
    """A site file that can run.

    Attributes:
        plan: cameras, detector, store, retention and server.
        warnings: what of the file has no effect, each one sentence.
        references: what it names outside of it.
        own_passwords: cameras whose password is in the file, or in the environment that it names.
        in_plain: keys whose value in the file is a secret.
    """

    plan: SitePlan
    warnings: tuple[str, ...]
    references: References = NO_REFERENCES
    own_passwords: frozenset[str] = frozenset()
    in_plain: tuple[str, ...] = ()

    def with_stored(self, stored: StoredPasswords) -> "ServiceSite":
        """Returns it with passwords that are kept encrypted, where the file has none, or with why they cannot be read.

        Args:
            stored: the passwords.
        """
        cameras = tuple(_with_stored(camera, stored, self.own_passwords) for camera in self.plan.cameras)
        return replace(self, plan=replace(self.plan, cameras=cameras))


def service_site(
    text: str,
    name: str,
    folder: Path,
    environment: Mapping[str, str],
    *,
    passwords: bool = True,
    tied: References | None = None,
    stored: StoredPasswords | None = None,
) -> ServiceSite:
    """Returns the plan of a site file's text.

    Args:
        text: the whole file.
        name: what errors call it.
        folder: what relative paths count from.
        environment: variables that secrets are taken from.
        passwords: the cameras' passwords are needed; where only the store is, the environment need not hold them.
        tied: references that the text must leave as they are; None where it may have any.
        stored: the passwords that are kept encrypted; None where no camera is connected to.

    Raises:
        SiteFileError: every fault, each with its line and key.
    """
    site, document = site_of_text(text, name)
    references = References.of(site)
    # First, so that a variable's name that was guessed does not get another answer where there is such a one.
    edited = [] if tied is None else list(tied.edited(references))
    missing = (
        (loc, text)
        for loc, text in _missing(site, environment)
        if passwords or loc[0] not in ("cameras", "access", "recipients", "publish")
    )
    found = [_fault(document, loc, why) for loc, why in edited or missing]
    if found:
        raise SiteFileError(sentences(found, name))
    read = ServiceSite(
        _plan(site, folder, environment),
        (*site_warnings(site), *left_out(site)),
        references,
        own_passwords(site),
        plain_secrets(site),
    )
    return read if stored is None else read.with_stored(stored)


def load_service(path: Path, environment: Mapping[str, str], *, passwords: bool = True) -> ServiceSite:
    """Returns the plan of a site file; relative paths count from its own folder.

    Raises:
        SiteFileError: every fault, each with its line and key.
    """
    try:
        text = read_text(path)
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(str(path))]) from None
    return service_site(text, str(path), path.absolute().parent, environment, passwords=passwords)


def left_out(site: Site) -> tuple[str, ...]:
    """Returns the cameras that a service does not run, each with the reason."""
    if not site.cameras:
        return (_NO_CAMERA,)
    return tuple(
        f"camera {name} has no source and is left out: give it one to run it"
        for name, camera in site.cameras.items()
        if camera.source is None
    )


def _fault(document: Document, loc: Loc, text: str) -> Fault:
    return Fault(document.line(loc), dotted(loc), text)


def _missing(site: Site, environment: Mapping[str, str]) -> Iterator[tuple[Loc, str]]:
    """What the environment does not hold, or not in a usable form."""
    for name, camera in site.cameras.items():
        variable = camera.source.password_from if camera.source else None
        if variable is not None and (why := _unusable(secret(variable, environment), variable)):
            yield ("cameras", name, "source", "password_from"), why
    for name, provider in site.access.providers.items():
        variable = provider.client_secret_from
        if variable is not None and (why := _unusable(secret(variable, environment), variable)):
            yield ("access", "providers", name, "client_secret_from"), why
    yield from missing_of_recipients(site.recipients, lambda name: secret(name, environment), _unusable)
    outlets = {} if site.publish is None else site.publish.outlets
    yield from missing_of_outlets(outlets, lambda name: secret(name, environment), _unusable)
    variable = site.store.url_from if site.store else None
    if variable is None:
        return
    url = secret(variable, environment)
    if why := _unusable(url, variable):
        yield ("store", "url_from"), why
    elif not is_store_url(url or ""):
        yield ("store", "url_from"), f"the variable {variable} holds no sqlite:/// or postgresql:// URL"


def _unusable(value: str | None, variable: str) -> str:
    if value is None:
        return (
            f"the environment variable {variable} is not set, and no systemd credential has this name. Set it where "
            "passerby is started"
        )
    if not 1 <= len(value) <= LONGEST_SECRET_LETTERS or not value.isprintable() or value == PLACEHOLDER:
        return f"the variable {variable} must hold 1 to {LONGEST_SECRET_LETTERS} printable letters"
    return ""


def secret(variable: str, environment: Mapping[str, str]) -> str | None:
    """Returns the variable's value, or the systemd credential of that name; None where there is neither."""
    if variable in environment:
        return environment[variable]
    file = credential_file(variable, environment)
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        return None


def _plan(site: Site, folder: Path, environment: Mapping[str, str]) -> SitePlan:
    return SitePlan(
        name=site.site.name,
        time_zone=site.site.time_zone,
        made_up_before=None if site.site.made_up_before is None else date.fromisoformat(site.site.made_up_before),
        map_file=None if site.site.map is None else folder / site.site.map,
        cameras=tuple(
            replace(
                _camera(name, camera, camera.source, folder, environment),
                registration=registration_of(site.register_keys, camera.register_keys),
            )
            for name, camera in site.cameras.items()
            if camera.source is not None
        ),
        networks=site.network.cameras,
        detector=DetectorPlan(_model(site.detector.model, folder), *site.detector.limits),
        store_url=_store_url(site, folder, environment),
        retention=site.retention.limits(),
        server=_server(site.server, folder),
        cameras_per_worker=site.workers.cameras_each,
        decode_separately=site.workers.decode_separately,
        outbox_bytes=None if site.workers.outbox_gb is None else round(site.workers.outbox_gb * BYTES_PER_GB),
        access=_access(site.access, folder, environment),
        data=None if site.data is None else folder / site.data,
        record=site_record(site.register_keys),
        profiles=profiles_of(site.profiles),
        recipients=recipients_of(site.recipients, lambda name: secret(name, environment), folder),
        fleet=None if site.fleet is None else site.fleet.plan(),
        publish=None if site.publish is None else site.publish.plan(lambda name: secret(name, environment), folder),
    )


def _access(keys: AccessKeys, folder: Path, environment: Mapping[str, str]) -> AccessPlan:
    return AccessPlan(
        keys.one_person,
        keys.idle_minutes * MINUTE_S,
        keys.session_hours * HOUR_S,
        keys.recent_minutes * MINUTE_S,
        tuple(
            Provider(
                name, provider.issuer, provider.client_id,
                None if provider.client_secret_from is None else secret(provider.client_secret_from, environment),
                provider.amr, provider.acr, None if provider.authority is None else folder / provider.authority,
            )
            for name, provider in keys.providers.items()
        ),
        keys.operators_on_duty,
    )  # fmt: skip


def _server(keys: ServerKeys, folder: Path) -> ServerPlan:
    tls = None if keys.tls is None else TlsFiles(folder / keys.tls.certificate, folder / keys.tls.key)
    return ServerPlan(**keys.model_dump(exclude={"tls"}), tls=tls)


def _model(model: str | None, folder: Path) -> str | None:
    """A model's name, or the path of its file: a running service has no current folder of its own."""
    if model is None or not (model.endswith(".onnx") or "/" in model):
        return model
    return str(folder / Path(model).expanduser())


def _camera(
    name: str, keys: CameraKeys, source: SourceKeys, folder: Path, environment: Mapping[str, str]
) -> CameraPlan:
    layout = layout_of(keys)
    return CameraPlan(
        name=name,
        source=_source(source, folder, environment),
        layout=layout,
        analysed_fps=keys.analysed_fps or LIVE_FPS,
        masks=_areas(keys.masks),
        closer_areas=_areas(keys.look_closer),
        mode=Mode(keys.anonymise.mode),
        groups=tuple(dict.fromkeys(keys.groups)),
        rules=rules_of(keys.rules, layout.lines),
        sleeps=keys.sleep,
        node=keys.node or "",
        pool=keys.pool or "",
    )


def _with_stored(camera: CameraPlan, stored: StoredPasswords, own: Collection[str]) -> CameraPlan:
    if not camera.source.takes_stored_password or camera.name in own:
        return camera
    try:
        return replace(camera, source=replace(camera.source, password=stored.password(camera.name, camera.source)))
    except PasserbyError as error:
        return replace(camera, fault=str(error))


def _areas(areas: tuple[tuple[tuple[float, float], ...], ...]) -> tuple[npt.NDArray[np.float32], ...]:
    return tuple(np.array(area, np.float32) for area in areas)


def _source(keys: SourceKeys, folder: Path, environment: Mapping[str, str]) -> CameraSource:
    if keys.file is not None:
        return CameraSource(SourceKind.FILE, file=folder / keys.file)
    if keys.usb is not None:
        return CameraSource(SourceKind.USB, file=Path(keys.usb))
    address = source_address(keys)
    password = keys.password if keys.password_from is None else secret(keys.password_from, environment)
    return CameraSource(
        address.kind,
        address.host,
        address.port,
        address.path,
        user=keys.user or "",
        password=password or "",
        authority=None if keys.authority is None else folder / keys.authority,
        basic_without_tls=keys.basic_without_tls,
        transport=Transport(keys.transport),
        streams=tuple(address_of(stream, (address.kind,)).path for stream in keys.streams),
    )


def _store_url(site: Site, folder: Path, environment: Mapping[str, str]) -> str | None:
    if site.store is None:
        return None
    url = site.store.url if site.store.url_from is None else secret(site.store.url_from, environment)
    if url is not None and url.startswith(_SQLITE):
        return _SQLITE + str(folder / url.removeprefix(_SQLITE))
    return url
