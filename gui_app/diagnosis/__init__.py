"""Findings about training in plain English, and their cures."""
