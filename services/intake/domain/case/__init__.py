"""One application for one item, from its receipt to the archive: states, commands, rules."""
