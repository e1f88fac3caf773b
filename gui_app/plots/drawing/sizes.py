"""Sizes that hold before pyqtgraph is loaded."""

from PySide6.QtCore import QSize

SMALLEST = QSize(220, 120)
"""A plot's dock never gets smaller, whether or not its plot is there yet."""
