"""The line over the panels that names the lane, in a window that had a single lane at first."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from gui_app.window.main_window import MainWindow


def test_it_begins_where_headings_begin(still: MainWindow) -> None:
    still.lanes.actions.duplicate()
    title = still.dock_layout.lane_title
    assert title is not None
    assert title.isVisible()
    image = title.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    grey = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    inked = (np.abs(grey[:, : image.width()].astype(int) - int(grey[0, 0])) > 60).any(axis=0)
    assert 12 <= int(inked.argmax()) / image.devicePixelRatio() <= 15
