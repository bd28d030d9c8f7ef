"""What a system administrator does: doctor, status, backup, restore, retention and checks of the machine."""
