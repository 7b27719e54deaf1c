"""Serve live sets: socket, messages, places and recording."""
