"""The Train menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QInputDialog, QMainWindow, QMenu

from gui_app.session.pause_at import LARGEST, PauseEpoch
from gui_app.session.training_speed import TrainingSpeed
from gui_app.widgets.ticks import count_text
from gui_app.window.menus.entries import add


def add_train_menu(
    window: QMainWindow,
    commands: dict[str, tuple[Callable[[], object], str | None]],
    speed: TrainingSpeed,
    pause: PauseEpoch,
) -> None:
    """Add the Train menu; ``commands`` maps texts to functions and shortcuts."""
    menu = window.menuBar().addMenu("&Train")
    menu.setToolTipsVisible(True)
    for text, (work, keys) in commands.items():
        # A key that is held down would play and pause in turns.
        add(menu, text, work, keys).setAutoRepeat(keys != "Space")
    menu.addSeparator()
    _add_pause(window, menu, pause)
    add(menu, "Slo&wer", speed.go_slower, "-", tip="Fewer epochs, or steps, a second; results stay the same.")
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


def _add_pause(window: QMainWindow, menu: QMenu, pause: PauseEpoch) -> None:
    """Add the entry that chooses the epoch at which training pauses, and says which it is."""

    def choose() -> None:
        label = "Pause each time this epoch is over (0: never):"
        epoch, accepted = QInputDialog.getInt(
            window, "Pause at an epoch", label, pause.epoch or 100, 0, LARGEST
        )
        if accepted:
            pause.choose(epoch or None)

    def show() -> None:
        action.setText(
            "Pause at epo&ch …" if pause.epoch is None else f"Pause at epo&ch {count_text(pause.epoch)} …"
        )
        action.setChecked(pause.epoch is not None)

    action = add(
        menu, "", choose, tip="Stops exactly at the end of an epoch, at every speed and in all lanes."
    )
    action.setCheckable(True)
    # A click only asks; what is chosen then decides on the tick.
    action.triggered.connect(show)
    pause.changed.connect(show)
    show()
