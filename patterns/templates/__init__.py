"""Read, check, mirror, change and write templates of exercises."""
