"""Loading pyqtgraph, which takes some 200 ms, in parts that do not delay a stroke."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6 import QtCore, QtGui, QtWidgets

from gui_app.plots import PLOTS

BATCH = 40


def load() -> Iterator[None]:
    """Import the modules that plots need, a little at a time."""
    # pyqtgraph looks up all classes of PySide6, which creates each class at its first look-up.
    for module in (QtCore, QtGui, QtWidgets):
        names = dir(module)
        for first in range(0, len(names), BATCH):
            for name in names[first : first + BATCH]:
                getattr(module, name)
            yield
    import pyqtgraph  # noqa: F401

    for plot in PLOTS.values():
        yield
        plot.plot_class()
