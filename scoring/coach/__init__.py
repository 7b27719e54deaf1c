"""Judge a movement frame by frame and choose the feedback."""
