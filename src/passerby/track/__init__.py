"""Following road users for seconds, by boxes and motion only; no pixel is read here."""
