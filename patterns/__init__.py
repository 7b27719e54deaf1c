"""Signals: geometry, named features, templates, segmentation, alignment."""
