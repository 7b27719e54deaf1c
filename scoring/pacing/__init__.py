"""Pace a set by a technique: what to do now and for how long."""
