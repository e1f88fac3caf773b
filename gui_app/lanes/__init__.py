"""The strip of lanes over the canvas, and the commands on lanes."""
