"""The names of the files that a service keeps in its data folder."""

HUB_SOCKET = "hub.sock"
LONGEST_FOLDER_PATH = 90
"""A Unix socket's path has room for 107 letters."""

PID_FILE = "passerby.pid"
LOCK_FILE = "lock"
LINK_FILE = "link"
STATUS_FILE = "status.json"
SESSION_KEY_FILE = "session.key"

OURS_ALONE = 0o077
"""The umask of every process of a service: nobody else reads what it writes."""
