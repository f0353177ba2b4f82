"""Somebody's visit to the hall (到厅)."""
