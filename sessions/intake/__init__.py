"""Movement that other programs recorded, read as landmark recordings."""
