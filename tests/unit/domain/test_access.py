from dataclasses import replace

import pytest

from passerby.domain.access import EVERY_CAMERA, PERMISSIONS, Grant, Permission, Principal, PrincipalKind, Role

GRANT = Grant(1, "ada", Role.OPERATOR, "centre", 100, 200, "root", "officer")


def by(*grants: Grant, scopes: frozenset[Permission] | None = None) -> Principal:
    return Principal("ada", PrincipalKind.ACCOUNT, grants, "s", scopes)


@pytest.mark.parametrize(("now_ns", "holds"), [(99, False), (100, True), (199, True), (200, False)])
def test_a_grant_holds_from_its_start_until_its_end(now_ns: int, holds: bool) -> None:
    assert GRANT.holds(now_ns) == holds


def test_a_grant_gives_nothing_before_it_is_confirmed_or_after_it_was_taken_back() -> None:
    assert not replace(GRANT, confirmed_by=None).holds(150)
    # Final, also where the clock was set back since.
    assert not replace(GRANT, revoked_ns=150).holds(149)
    assert not replace(GRANT, revoked_ns=150).holds(150)


def test_no_role_may_do_everything_and_an_administrator_sees_neither_video_nor_counts() -> None:
    assert all(len(permissions) < len(Permission) / 2 for permissions in PERMISSIONS.values())
    seeing = {Permission.SEE_LIVE, Permission.SEE_PLACE, Permission.SEE_COUNTS, Permission.EXPORT_COUNTS}
    assert not PERMISSIONS[Role.ADMINISTRATOR] & seeing


def test_nobody_confirms_what_the_same_role_proposes() -> None:
    both = {Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS}
    assert not [role for role, permissions in PERMISSIONS.items() if both <= permissions]


def test_every_permission_belongs_to_a_role() -> None:
    assert frozenset().union(*PERMISSIONS.values()) == frozenset(Permission)


def test_a_grant_gives_its_role_on_its_own_cameras_alone() -> None:
    ada = by(GRANT)
    assert ada.may(Permission.SEE_LIVE, ["centre"])
    assert not ada.may(Permission.SEE_LIVE, ["harbour"])
    assert not ada.may(Permission.SEE_LIVE, [])
    assert not ada.may(Permission.READ_AUDIT, ["centre"])
    assert by(replace(GRANT, group=EVERY_CAMERA)).may(Permission.SEE_LIVE, ["harbour"])


def test_a_token_may_no_more_than_its_scopes() -> None:
    token = by(GRANT, scopes=frozenset({Permission.SEE_COUNTS}))
    assert token.may(Permission.SEE_COUNTS, ["centre"])
    assert not token.may(Permission.SEE_LIVE, ["centre"])
    assert not by(scopes=frozenset(Permission)).may(Permission.SEE_COUNTS)
    assert token.may(Permission.SEE_PUBLIC)
    assert not token.may(Permission.SEE_OWN)


def test_whoever_has_no_grant_sees_what_is_public_and_their_own_account() -> None:
    assert by().may(Permission.SEE_PUBLIC) and by().may(Permission.SEE_OWN)
    assert not by().may(Permission.SEE_STATE)
