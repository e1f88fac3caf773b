"""Sweeps: settings whose values are axes of a grid, and the lanes that are its cells.

Import from the modules: validation, which they need, needs a part of them.
"""
