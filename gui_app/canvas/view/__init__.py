"""The view: which part of the data the canvas shows, and where on the screen."""
