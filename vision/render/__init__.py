"""Draw skeletons and captions on frames."""
