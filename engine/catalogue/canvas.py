"""How far the canvas reaches: the one number that data, scaling and drawing agree upon."""

CANVAS = 6.0
"""The canvas shows [-CANVAS, CANVAS] on both axes."""
