"""Decode videos: containers, times, orientation and limits."""
