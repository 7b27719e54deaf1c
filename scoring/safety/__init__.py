"""Decide when a set must stop, and score timed tests against norms."""
