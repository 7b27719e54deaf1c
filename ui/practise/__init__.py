"""Show the pages of a person who practises."""
