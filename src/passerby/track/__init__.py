"""Following road users for seconds, by boxes and motion only; nothing here ever sees a pixel."""
