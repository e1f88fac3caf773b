"""The extent of the canvas, which data, scaling and drawing share."""

CANVAS = 6.0
"""The canvas shows [-CANVAS, CANVAS] on both axes."""
