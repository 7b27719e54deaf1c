"""Play a stored repetition again on a page."""
