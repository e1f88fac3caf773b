"""The layers of the canvas, from the background to the preview of a tool."""
