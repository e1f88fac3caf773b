"""Trainers on the device and with the precision that a person asks for, as far as there is such a device."""

from __future__ import annotations

from engine.experiment.errors import ExperimentError
from engine.experiment.settings import Experiment
from engine.service import messages as m
from engine.service.interface import Inbox
from engine.service.place import AskedPlace
from engine.training.device_choice import NO_DEVICE, Where, chosen
from engine.training.trainer import Trainer

DEFAULT = AskedPlace()


class Places:
    """Makes trainers, and reports where they train where somebody has a wish about that.

    Parameters
    ----------
    asked
        Of the whole engine.
    outbox
        Takes ``TrainsOn``, when it changes.
    """

    def __init__(self, asked: AskedPlace, outbox: Inbox[m.Event]) -> None:
        self._asked, self._outbox = asked, outbox
        self._told: m.TrainsOn | None = None

    def trainer(self, experiment: Experiment) -> Trainer:
        """Return a new trainer."""
        trainer = Trainer(experiment, device=self._device(experiment), precision=self._asked.precision)
        self._tell(experiment)
        return trainer

    def trainer_of_run(self, run: bytes, experiment: Experiment) -> Trainer:
        """Return a trainer that goes on with a run; raises as ``Trainer.of_run`` does."""
        trainer = Trainer.of_run(run, device=self._device(experiment), precision=self._asked.precision)
        self._tell(experiment)
        return trainer

    def _device(self, experiment: Experiment) -> str:
        return self._where(experiment).device

    def _where(self, experiment: Experiment) -> Where:
        try:
            return chosen(self._asked.device, experiment)
        except ExperimentError:
            # A window without its device is better than no window.
            return Where("cpu", f"because {NO_DEVICE}")

    def _tell(self, experiment: Experiment) -> None:
        where = self._where(experiment)
        told = m.TrainsOn(where.device, self._asked.precision, where.why)
        if self._asked != DEFAULT and told != self._told:
            self._told = told
            self._outbox.put(told)
