"""What the published register of a service is made with: its key, and the models that look at the pictures."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from passerby.audit.keys import private_key
from passerby.domain.service import SitePlan
from passerby.engine.service_folder import REGISTER_KEY_FILE
from passerby.ingest.detectors.registry import DEFAULT_MODEL, KnownModel, face_finder, known_models
from passerby.ports import RegisterStore
from passerby.register.published.generation import ModelFacts
from passerby.register.published.publication import Publication
from passerby.register.published.signing import RegisterKey

CREDENTIAL: Final = "passerby-register-key"
"""Name of the credential, as `LoadCredential=` of systemd gives it to the service."""


def open_publication(store: RegisterStore, data: Path, environment: Mapping[str, str]) -> Publication:
    """Returns the register of a service; makes its key where there is none.

    Raises:
        PasserbyError: the key cannot be read or made.
    """
    file = data / REGISTER_KEY_FILE
    key = private_key(file, environment, credential=CREDENTIAL, what="the register")
    return Publication(store, RegisterKey(key), models_of, time.time_ns)


def models_of(plan: SitePlan) -> tuple[ModelFacts, ...]:
    """Returns the models that look at the pictures of a plan; of a file of the site's own, its name alone."""
    wanted = plan.detector.model or DEFAULT_MODEL
    found = next((model for model in known_models() if model.name == wanted), None)
    detector = _facts(found) if found is not None else ModelFacts(Path(wanted).name, "finds road users", "")
    return detector, _facts(face_finder())


def _facts(model: KnownModel) -> ModelFacts:
    return ModelFacts(model.name, model.purpose, model.sha256)
