"""What the published register of a service is made with: its key, and the models that look at the pictures."""

import time
from pathlib import Path

from passerby.domain.service import SitePlan
from passerby.ingest.detectors.registry import DEFAULT_MODEL, KnownModel, face_finder, known_models
from passerby.ports import RegisterStore
from passerby.register.published.generation import ModelFacts
from passerby.register.published.publication import Publication
from passerby.register.published.signing import KEY_FILE, RegisterKey


def open_publication(store: RegisterStore, data: Path) -> Publication:
    """Returns the register of a service; makes its key where there is none.

    Raises:
        PasserbyError: the key cannot be read or made.
    """
    return Publication(store, RegisterKey.kept(data / KEY_FILE), models_of, time.time_ns)


def models_of(plan: SitePlan) -> tuple[ModelFacts, ...]:
    """Returns the models that look at the pictures of a plan; of a file of the site's own, its name alone."""
    wanted = plan.detector.model or DEFAULT_MODEL
    found = next((model for model in known_models() if model.name == wanted), None)
    detector = _facts(found) if found is not None else ModelFacts(Path(wanted).name, "finds road users", "")
    return detector, _facts(face_finder())


def _facts(model: KnownModel) -> ModelFacts:
    return ModelFacts(model.name, model.purpose, model.sha256)
