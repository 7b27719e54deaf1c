"""Show progress and offer reports."""
