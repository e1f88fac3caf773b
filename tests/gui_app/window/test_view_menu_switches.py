"""The View menu has the switches of the canvas."""

from gui_app.canvas.switches.state import SWITCHES
from tests.gui_app.hands import click


def test_menu_and_bar_agree(open_window, fake_engine):
    window = open_window()
    # A lane with seeds, so that each switch has something to show.
    window.document.change({"lanes.0.repeats": 3}, "Seeds")
    (menu,) = (action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    entries = {action.text(): action for action in menu.actions()}
    for key, switch in SWITCHES.items():
        entry, before = entries[switch.label], window.canvas.switches.on(key)
        entry.trigger()
        assert window.canvas.switches.on(key) != before
        assert window.canvas.switch_bar.buttons[key].isChecked() != before
        click(window.canvas.switch_bar.buttons[key])
        assert entry.isChecked() == before
    assert not window.canvas.switches.on("discretize")
