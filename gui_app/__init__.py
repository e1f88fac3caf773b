"""Neural Sketchbook's window: PySide6 and pyqtgraph; the only package that needs a screen."""
