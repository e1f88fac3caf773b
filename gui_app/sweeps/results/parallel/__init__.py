"""Parallel coordinates: an axis for each setting and result, a line for each run, and brushes that choose runs."""
