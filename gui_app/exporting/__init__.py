"""Plots, settings, data and models as files."""
