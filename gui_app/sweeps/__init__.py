"""Sweeps: the grid of small pictures and the heat map of a live one, its setup, and results of finished ones."""
