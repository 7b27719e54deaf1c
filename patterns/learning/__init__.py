"""Learn a template from demonstrated repetitions, or from two postures."""
