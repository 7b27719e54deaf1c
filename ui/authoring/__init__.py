"""Make and change exercises on a page."""
