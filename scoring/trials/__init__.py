"""Validate a template: its own repetitions, injected faults and distractors."""
