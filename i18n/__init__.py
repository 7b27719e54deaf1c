"""Translate what people read and hear, and name the terms of the data."""
