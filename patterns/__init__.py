"""Describe exercises as data, and find their repetitions in a movement."""
