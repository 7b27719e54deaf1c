"""Prepare results: the JSON document, curves, captions and playback."""
