"""Show text as text, answers and errors on every page."""
