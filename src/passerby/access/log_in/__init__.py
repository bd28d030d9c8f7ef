"""Ways to log in: password and code, passkey, single sign-on; and how often it may be tried."""
