"""Neural Sketchbook's window: PySide6 and pyqtgraph; the only place that knows a screen."""
