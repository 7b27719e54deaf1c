"""Tests; a package, so that they share their makers of clips and poses by name."""
