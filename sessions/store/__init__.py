"""Store sessions, repetitions, reviews and exercises."""
