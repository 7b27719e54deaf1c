"""Fetch, verify and convert the pose networks, and hold the weights of the correction."""
