"""Show the pages on which a therapist reviews sessions."""
