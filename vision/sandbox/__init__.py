"""Run code on untrusted files in a process with limits."""
