"""Find repetitions in a movement: phase along the path, onset, offset and dwell."""
