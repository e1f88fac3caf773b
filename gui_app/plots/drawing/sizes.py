"""Sizes that are needed before pyqtgraph is loaded."""

from PySide6.QtCore import QSize

SMALLEST = QSize(220, 120)
"""Smallest size of a plot's dock, also before its plot is loaded."""
