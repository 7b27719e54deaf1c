"""Run the pose networks."""
