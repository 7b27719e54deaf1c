"""Compute joint angles and other features of a body from landmarks, with their errors."""
