"""Query the sessions of a person: bundles, progress, today."""
