"""Complaints that somebody makes in the hall (大厅投诉): their facts and their course."""
