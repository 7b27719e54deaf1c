"""Correct the depth of landmarks, with an error estimate."""
