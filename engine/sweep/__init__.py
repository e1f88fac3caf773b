"""Sweeps without a window: spec, plan, batches of lanes, executors, results."""
