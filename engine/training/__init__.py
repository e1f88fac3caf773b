"""Cost, step, early stopping, the trainer, and the engine thread with its two ends."""
