"""One training step: its numbers, its random numbers, and how it is recorded and replayed."""
