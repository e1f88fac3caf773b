"""The trainer: lanes, their stacks, edits while training, early stopping and training steps."""
