"""Hold what was measured of a repetition and of a set."""
