"""Measure accuracy and speed against ground truth."""
