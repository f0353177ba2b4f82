"""What intake decides, as pure functions of histories and commands."""
