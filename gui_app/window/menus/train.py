"""The Train menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from gui_app.session.training_speed import TrainingSpeed
from gui_app.window.menus.entries import add


def add_train_menu(
    window: QMainWindow,
    commands: dict[str, tuple[Callable[[], object], str | None]],
    speed: TrainingSpeed,
) -> None:
    """Add the Train menu; ``commands`` maps texts to functions and shortcuts."""
    menu = window.menuBar().addMenu("&Train")
    menu.setToolTipsVisible(True)
    for text, (work, keys) in commands.items():
        # A key that is held down would play and pause in turns.
        add(menu, text, work, keys).setAutoRepeat(keys != "Space")
    menu.addSeparator()
    add(menu, "S&lower", speed.go_slower, "-", tip="Fewer epochs a second; results stay the same.")
    # A plus needs Shift on some keyboards.
    faster = add(menu, "&Faster", speed.go_faster, tip="More epochs a second; results stay the same.")
    faster.setShortcuts([QKeySequence("+"), QKeySequence("Shift++"), QKeySequence("=")])
    slowly = add(
        menu,
        "Start s&lowly",
        lambda: None,
        tip="Show the first epochs of a run one by one, later ones faster.",
    )
    slowly.setCheckable(True)
    slowly.setChecked(speed.slow_start)
    slowly.toggled.connect(speed.start_slowly)
    speed.changed.connect(lambda: slowly.setChecked(speed.slow_start))
