"""The commands for selected points, and the bar that offers them."""
