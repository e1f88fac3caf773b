"""Mouse, pen, wheel and keyboard on the canvas."""
