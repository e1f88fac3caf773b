"""A window and its frame are on the screen from the start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

from gui_app.window.layout import screen_fit
from gui_app.window.layout.screen_fit import FRAME, first_geometry, keep_on_screen
from gui_app.window.main_window import SIZE


@pytest.mark.parametrize("screen", [QSize(1280, 720), QSize(1024, 600), QSize(1366, 768), QSize(2560, 1440)])
def test_the_first_window_has_room_for_its_frame(screen: QSize) -> None:
    available = QRect(64, 27, screen.width() - 64, screen.height() - 27)
    geometry = first_geometry(SIZE, available)
    assert available.contains(geometry.marginsAdded(FRAME))
    room = available.marginsRemoved(FRAME).size()
    assert geometry.size() == SIZE.boundedTo(room)


class Framed(QWidget):
    """A window with the frame of a window manager, which a test has none of."""

    frame = QMargins(6, 60, 6, 6)

    def frameGeometry(self) -> QRect:
        return self.geometry().marginsAdded(self.frame)


@pytest.mark.parametrize(
    "start", [QRect(0, 0, 1920, 1080), QRect(-50, 900, 800, 600), QRect(300, 10, 900, 700)]
)
def test_a_window_whose_frame_is_larger_than_assumed_is_moved_and_made_smaller(qtbot, start: QRect) -> None:
    window = Framed()
    qtbot.addWidget(window)
    window.setGeometry(start)
    keep_on_screen(window)
    available = window.screen().availableGeometry()
    assert available.contains(window.frameGeometry())
    assert window.size() == start.size().boundedTo(available.marginsRemoved(Framed.frame).size())


def test_a_window_that_fits_stays(qtbot) -> None:
    window = Framed()
    qtbot.addWidget(window)
    window.setGeometry(QRect(100, 100, 800, 600))
    keep_on_screen(window)
    assert window.geometry() == QRect(100, 100, 800, 600)


def test_the_first_window_of_the_app_is_on_the_screen(open_window, fake_engine, monkeypatch) -> None:
    window = open_window(None, early=True)
    available = window.screen().availableGeometry()
    assert available.contains(window.geometry().marginsAdded(screen_fit.FRAME))
