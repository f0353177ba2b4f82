"""What review decides, as pure functions of histories and commands."""
