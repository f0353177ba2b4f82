"""As whom our processes log in to the database."""

from enum import StrEnum


class DatabaseRole(StrEnum):
    """A login role of PostgreSQL, one for each process."""

    INTAKE = "casetrack_intake"
    ASSIST = "casetrack_assist"
    REVIEW = "casetrack_review"
    METRICS = "casetrack_metrics"
    METRICS_API = "casetrack_metrics_api"
    RELAY = "casetrack_relay"
    AUDITOR = "casetrack_auditor"
    BACKUP = "casetrack_backup"
