"""Judge movement: one Coach for live, recorded and replayed sets."""
