"""Write and restore backups, and export or delete the rows of a person."""
