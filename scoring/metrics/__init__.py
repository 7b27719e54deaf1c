"""Measure a repetition: targets, tempo, smoothness and the other metrics."""
