"""Who may read what metrics knows, and who may act on it."""

from shared.web.auth import Role

READERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.AUDITOR, Role.OPS)
ACKNOWLEDGERS = (Role.SUPERVISOR, Role.DIRECTOR)
