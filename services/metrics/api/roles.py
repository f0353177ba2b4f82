"""Who may read what metrics knows, and who may act on it."""

from shared.web.auth import Role

READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS)
ACKNOWLEDGERS = (Role.SUPERVISOR, Role.DIRECTOR)
PUBLISHERS_OF_RULES = (Role.LAW_DESK, Role.DIRECTOR, Role.OPS)
READERS_OF_RULES = (Role.LAW_DESK, *READERS)
