"""Assist over HTTP: the commands of its people."""
