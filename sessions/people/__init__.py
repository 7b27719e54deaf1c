"""Store people, preferences and sign-ins, and decide who may do what."""
