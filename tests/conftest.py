"""What every ring of tests may ask for; the servers start only where a test wants them."""

pytest_plugins = ["tests.support.stack"]
