"""What every other package may import: error types, the version, files written whole, locks, plain text."""
