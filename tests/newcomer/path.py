"""What a newcomer does in the first minutes: a spiral separated, moons overfitted and cured, a gradient that vanishes
and comes back, everything exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from engine.observation.snapshot import LaneSnapshot
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from tests.gui_app.hands import part_of
from tests.newcomer.hand import Hand

SEPARATED = 0.9
"""Accuracy on the validation points that nearly every seed reaches (tests/end_to_end/test_first_path.py)."""
MOONS = {"noise": (0.5, "50"), "points": (100.0, "100")}
"""The settings that overfit from nearly every seed, with what is typed for them."""
CURED = 60
"""Epochs after which a cure has shown its effect."""
LAYERS = 6
"""Hidden layers of sigmoid units through which the gradient vanishes."""


class Newcomer:
    """A person with a window, and what this person needs in it."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.window = hand, hand.window
        self.data = self.window.dock_layout.data_panel
        self.network = part_of(self.window, NetworkPanel)
        self.training = part_of(self.window, TrainingPanel)
        self.regularization = part_of(self.window, RegularizationPanel)
        self.transport = self.window.transport

    def needed(self) -> Iterator[QWidget]:
        """What must be in view without scrolling."""
        yield from (self.transport.reset, self.transport.step, self.transport.step_epoch, self.transport.play)
        yield self.window.canvas
        yield from (self.training.learning_rate, self.training.batch_size, self.training.optimizer.box)
        yield from (self.network.shape.layers, self.network.activation.box)
        yield from (card.switch for card in self.regularization.cards.values())
        yield from (self.data.draw, self.data.gallery, self.data.noise, self.data.points)

    @property
    def lane(self) -> LaneSnapshot:
        newest = self.window.link.latest
        assert newest is not None
        return newest.lanes[0]

    def finds(self, code: str) -> bool:
        line = self.window.dock_layout.diagnosis_line
        return line is not None and any(one.finding.code == code for one in line.diagnosis.findings)

    def play(self) -> None:
        """Press *Play*, or *Pause*, and wait until the engine has obeyed."""
        was = self.window.link.playing
        self.hand.click(self.transport.play)
        self.hand.wait(lambda: self.window.link.playing is not was and self.window.link.settled)

    def cure(self, number: int = 0) -> str:
        """Click a cure of the line of diagnosis; returns what it says."""
        line = self.window.dock_layout.diagnosis_line
        assert line is not None
        button: QPushButton = line.cures[number]
        said = button.text()
        self.hand.click(button)
        self.hand.wait(lambda: self.window.link.settled)
        return said

    # -- the path

    def start(self) -> None:
        """From a clean start: everything that is needed is in view."""
        self.hand.wait(lambda: self.window.link.settled and self.window.link.latest is not None)
        self.hand.show("start")
        self.hand.need(*self.needed())

    def separate_the_spiral(self) -> None:
        self.play()
        self.hand.wait(lambda: self.lane.now.score[1] >= SEPARATED)
        self.hand.show("spiral-training")
        self.play()
        self.hand.show("spiral-separated")

    def overfit_moons_and_cure_them(self) -> None:
        self.hand.click(self.data.gallery.thumbnails["moons"])
        self.hand.set_slider(self.data.noise, *MOONS["noise"])
        self.hand.set_slider(self.data.points, *MOONS["points"])
        self.play()
        self.hand.wait(lambda: self.finds("overfitting"))
        best, overfitted = self.lane.best, self.lane.now.loss[1]
        assert best is not None
        assert overfitted > best.loss[1], "validation loss has risen from its best"
        self.hand.show("moons-overfitted")
        self.cure()
        self.hand.wait(lambda: self.lane.now.epoch >= CURED and not self.finds("overfitting"))
        self.hand.show("moons-cured")
        if self.window.link.playing:
            self.play()

    def lose_the_gradient_and_get_it_back(self) -> None:
        self.hand.click(self.data.gallery.thumbnails["spiral"])
        while self.network.shape.layers.value() < LAYERS:
            self.hand.click(self.network.shape.layers.more)
        self.hand.choose(self.network.activation.box, "sigmoid")
        self.hand.choose(self.training.optimizer.box, "sgd")
        self.play()
        self.hand.wait(lambda: self.finds("vanishing_gradient"))
        lost = self.share_of_the_first_layer()
        self.hand.show("gradient-vanished")
        self.cure()
        self.hand.wait(lambda: self.lane.now.epoch >= CURED and not self.finds("vanishing_gradient"))
        assert self.share_of_the_first_layer() > 10 * lost
        self.hand.show("gradient-back")
        if self.window.link.playing:
            self.play()

    def share_of_the_first_layer(self) -> float:
        """The error that reaches layer 1, as a share of that at the output layer."""
        error = self.lane.now.probe("error")
        return float(error[0] / error[-1])

    def export(self, folder: Path) -> None:
        """Everything into a folder, which a person would choose in the system's dialog."""
        self.window.exports.everything()
        self.hand.wait(lambda: (folder / "model-A.pt").exists())
        self.hand.show("exported")


def walk(hand: Hand, folder: Path) -> None:
    """The whole path; ``folder`` is where the export goes."""
    newcomer = Newcomer(hand)
    newcomer.start()
    newcomer.separate_the_spiral()
    newcomer.overfit_moons_and_cure_them()
    newcomer.lose_the_gradient_and_get_it_back()
    newcomer.export(folder)
