"""Tensor programs: recorded once, then replayed or compiled."""
