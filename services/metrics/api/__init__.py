"""Metrics over HTTP: cases, figures, deadlines and alerts, and the stream behind the page."""
