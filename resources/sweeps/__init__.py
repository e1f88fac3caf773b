"""Specs of sweeps, ready to run."""
