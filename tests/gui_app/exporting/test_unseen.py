"""An export has the values of views that are not seen."""

from pytestqt.qtbot import QtBot

from gui_app.exporting.unseen import fetch_values


def test_the_network_has_its_values_though_its_diagram_is_hidden(open_window, qtbot: QtBot):
    window = open_window()
    window.complete()
    assert window.diagram is not None
    window.central_area.show_diagram(False)
    qtbot.waitUntil(lambda: bool(window.link.settled and window.link.latest) and window.diagram.lacks_values)
    fetch_values(window.exports.views, window.link)
    assert not window.diagram.lacks_values
    assert not window.diagram.is_seen
