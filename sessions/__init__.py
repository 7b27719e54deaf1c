"""Records kept: the store and replay."""
