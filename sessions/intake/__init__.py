"""Read movement that other programs recorded."""
