"""The access store on either database, put together from its parts."""

from passerby.store.access.account_rows import AccountRows
from passerby.store.access.credential_rows import CredentialRows
from passerby.store.access.grant_rows import GrantRows
from passerby.store.access.purpose_rows import PurposeRows
from passerby.store.access.push_rows import PushRows
from passerby.store.access.session_rows import SessionRows
from passerby.store.access.token_rows import TokenRows


class AccessRecords(AccountRows, CredentialRows, SessionRows, PurposeRows, GrantRows, TokenRows, PushRows):
    """An `AccessStore`, on the same database as the results."""
