"""What assist decides, as pure functions of histories and commands."""
