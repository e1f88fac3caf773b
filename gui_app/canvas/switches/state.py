"""The switches of the canvas: which there are, which are on, and what is remembered of them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Signal

from engine.catalogue.tasks import CLASSIFICATION, TASKS
from engine.experiment import TEST
from gui_app.session.tool_settings import ToolSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A switch; it is offered in ``tasks`` only. ``word`` stands beside its icon where there is room."""

    key: str
    label: str
    word: str
    tooltip: str
    icon: str
    tasks: tuple[str, ...] = tuple(TASKS)
    in_regression: str = ""
    """The tooltip where there are no classes, if it differs."""

    def meaning(self, task: str) -> str:
        """Return the tooltip in a task."""
        return self.in_regression if self.in_regression and TASKS[task].regression else self.tooltip


DISCRETIZE, WRONG, TEST_DATA, UNCERTAINTY, DISAGREEMENT, AUGMENTED = (
    "discretize",
    "wrong",
    "test_data",
    "uncertainty",
    "disagreement",
    "augmented",
)
SWITCHES = {
    switch.key: switch
    for switch in (
        Switch(
            key=DISCRETIZE,
            label="Discretize output",
            word="Discrete",
            tooltip="Colour each place by its most probable class alone.",
            in_regression="Colour the surface in steps.",
            icon="discretize",
            tasks=(CLASSIFICATION, "surface"),
        ),
        Switch(
            key=WRONG,
            label="Ring wrong points",
            word="Wrong",
            tooltip="Put a ring around each point that the network takes for another class.",
            in_regression="Only labels are right or wrong; values have a loss.",
            icon="ring-wrong",
            tasks=(CLASSIFICATION,),
        ),
        Switch(
            key=TEST_DATA,
            label="Test data",
            word="Test",
            tooltip="Show the test points, as faint marks. The network is never trained on them.",
            icon="test-data",
        ),
        Switch(
            key=UNCERTAINTY,
            label="Uncertainty (dropout)",
            word="Uncertain",
            tooltip="Show how far the answers spread while dropout stays on.",
            icon="uncertainty",
        ),
        Switch(
            key=DISAGREEMENT,
            label="Where seeds disagree",
            word="Seeds",
            tooltip="Show by hatching where seeds of a lane choose another class than their mean.",
            in_regression="Show by hatching how far the values of a lane's seeds spread.",
            icon="disagreement",
        ),
        Switch(
            key=AUGMENTED,
            label="Augmented points",
            word="Augmented",
            tooltip="Show the points of the latest batch as augmentation has changed them.",
            icon="augmented",
        ),
    )
}


class CanvasSwitches(QObject):
    """Says which switches are on; ``changed`` follows each change.

    Whether test points are shown is a setting of the tools, which change only points that are shown.
    """

    changed = Signal()

    def __init__(self, tools: ToolSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._settings: QSettings | None = None
        self._on: dict[str, bool] = {}
        self._reasons: dict[str, str] = {}
        self._test_shown = self.on(TEST_DATA)
        tools.changed.connect(self._follow_tools)

    def on(self, key: str) -> bool:
        """Return whether a switch is on."""
        return TEST in self._tools.shown if key == TEST_DATA else self._on.get(key, False)

    def turn(self, key: str, on: bool) -> None:
        """Turn a switch on or off."""
        if on == self.on(key):
            return
        if key == TEST_DATA:
            self._tools.show_split(TEST, on)
            return
        self._on[key] = on
        if self._settings is not None:
            self._settings.setValue(_path(key), on)
        self.changed.emit()

    def reason(self, key: str) -> str:
        """Return why a switch has nothing to show at present; "" if it has."""
        return self._reasons.get(key, "")

    def give_reason(self, key: str, reason: str) -> None:
        """Disable a switch, whose tooltip says the reason; "" enables it."""
        if reason != self.reason(key):
            self._reasons[key] = reason
            self.changed.emit()

    def tooltip(self, key: str, task: str) -> str:
        """Return what a switch shows in a task, and why it has nothing to show."""
        return f"{SWITCHES[key].meaning(task)} {self.reason(key)}".rstrip()

    def remember(self, settings: QSettings) -> None:
        """Turn the switches as they were left, and remember from now on how they are."""
        self._settings = settings
        for key in SWITCHES:
            if key != TEST_DATA:
                self.turn(key, str(settings.value(_path(key), False)).lower() == "true")

    def _follow_tools(self) -> None:
        if self.on(TEST_DATA) != self._test_shown:
            self._test_shown = not self._test_shown
            self.changed.emit()


def _path(key: str) -> str:
    return f"canvas/{key}"
