"""Show people and sessions, and score uploaded recordings."""
