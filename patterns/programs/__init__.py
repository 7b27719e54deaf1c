"""Read programs, techniques, timed tests and safety rules from their files."""
