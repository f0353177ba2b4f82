"""What could not be done for somebody at once (未办成事): its facts and their words."""
