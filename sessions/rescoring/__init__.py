"""Score stored sessions again with another version of a template."""
