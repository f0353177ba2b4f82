"""What every ring of tests may ask for; the servers start only where a test wants them."""

import signal

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.day", "tests.support.stack", "tests.support.turns"]

# A shell lets what it starts in the background ignore Ctrl-C, and so would the programs under test.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What an example takes, or its making, says how busy the machine is, and not whether it is right.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
