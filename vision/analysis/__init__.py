"""Estimate poses from frames and from whole recordings."""
