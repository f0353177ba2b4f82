-- How far the rounds are is a case's number, and nobody's who reads of some organisations alone.
REVOKE SELECT ON clock_rounds FROM casetrack_metrics_api;

GRANT SELECT (one, looked_at, went_round_at, found) ON clock_rounds TO casetrack_metrics_api;
