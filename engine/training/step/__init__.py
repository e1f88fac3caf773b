"""One training step: what it reads, and how it is recorded and replayed."""
