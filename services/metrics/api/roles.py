"""Who may read what metrics knows, and who may act on it."""

from shared.runtime.auth import Role

READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS)
ACKNOWLEDGERS = (Role.SUPERVISOR, Role.DIRECTOR)
