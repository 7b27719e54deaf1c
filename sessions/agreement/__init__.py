"""Compare the scores of the program with those of reviewers."""
