"""Store sessions, and read and write them in the formats of other programs."""
