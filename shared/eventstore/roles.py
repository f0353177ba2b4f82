"""As whom our processes log in to the database."""

from enum import StrEnum


class DatabaseRole(StrEnum):
    """A login role of PostgreSQL, one for each process."""

    INTAKE = "casetrack_intake"
    ASSIST = "casetrack_assist"
    REVIEW = "casetrack_review"
    METRICS = "casetrack_metrics"
    RELAY = "casetrack_relay"
    AUDITOR = "casetrack_auditor"
