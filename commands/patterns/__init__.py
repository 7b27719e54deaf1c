"""List, show, learn and check exercises on the command line."""
