"""Encrypted passwords of cameras changed without a store: written down and done, as after their audit entry."""

from passerby.camera_secrets.keeper import CameraPasswords, Rotation
from passerby.camera_secrets.staged import ROTATED
from passerby.domain.audit import AuditEntry
from passerby.domain.sources import CameraSource


def set_password(kept: CameraPasswords, camera: str, source: CameraSource, password: str) -> None:
    """Keeps a camera's password."""
    kept.stage_set(camera, source, password, AuditEntry(1, "ann", "camera.password-set", camera))
    kept.finish()


def clear_password(kept: CameraPasswords, camera: str) -> None:
    """Removes a camera's password."""
    kept.stage_clear(camera, AuditEntry(1, "ann", "camera.password-cleared", camera))
    kept.finish()


def rotate_passwords(kept: CameraPasswords) -> Rotation:
    """Encrypts all with a new key."""
    done = kept.stage_rotation(AuditEntry(1, "ann", ROTATED, ""))
    kept.finish()
    return done
