"""Solve the demonstration figure of an exercise: a body that moves along its template."""
