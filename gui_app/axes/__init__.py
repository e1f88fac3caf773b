"""Editing the axes: names, units, extents and aspect of the data."""
