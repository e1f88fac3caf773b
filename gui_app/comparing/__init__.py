"""Lanes side by side: the settings in which they differ, and what came of each."""
