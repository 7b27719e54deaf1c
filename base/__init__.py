"""Provide what every other package may import: errors, the version, whole files, locks, plain text."""
