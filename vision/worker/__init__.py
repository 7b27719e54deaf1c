"""Analyse live frames in worker processes."""
