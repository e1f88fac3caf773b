"""What asks nothing waits until no question is open."""

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from gui_app.widgets.window_order import when_nothing_is_asked


def test_what_waits_is_shown_once_though_two_questions_end_in_the_same_moment(qtbot):
    window, shown = QWidget(), []
    qtbot.addWidget(window)
    window.show()
    first, second = (QDialog(window, modal=True) for _ in range(2))
    first.show()
    when_nothing_is_asked(window, lambda: shown.append(1))
    first.close()
    second.show()
    second.close()
    QApplication.processEvents()
    QApplication.processEvents()
    assert shown == [1]
