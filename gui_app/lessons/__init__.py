"""The panel beside the canvas that guides through a lesson."""
