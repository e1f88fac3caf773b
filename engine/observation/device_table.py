"""Losses, scores and penalties of lanes whose points were measured on a device."""

from __future__ import annotations

from math import nan

import torch
from torch import Tensor

from engine.network import EncodedData
from engine.observation.measure import NUMBERS, PARTS, SCORES, variances_of


class DeviceTable:
    """Sums up what was measured of all points, as ``Evaluation.numbers`` does, without looking at anything.

    Parameters
    ----------
    data
        The points.
    device
        Where they were measured.
    """

    def __init__(self, data: EncodedData, device: torch.device | str) -> None:
        self._splits, self._unit = data.split_rows(), data.user_units
        self._variances: Tensor | None = None
        if data.task != "classification":
            self._variances = torch.from_numpy(variances_of(data)).to(device)

    def of(self, values: Tensor, penalties: Tensor) -> Tensor:
        """Return the numbers of all lanes.

        Parameters
        ----------
        values : float64 [2, lanes, points]
            The points' losses, and their parts in the score.
        penalties : [3, lanes]
            The penalty and its parts.

        Returns
        -------
        float64 [lanes, 9]
            Losses by split, penalty, scores by split, parts of the penalty, which ``fit_parts`` is still to fit.
        """
        numbers = torch.full((values.shape[1], NUMBERS), nan, dtype=torch.float64, device=values.device)
        for split, rows in enumerate(self._splits):
            if rows.start < rows.stop:
                losses, parts = values[:, :, rows].mean(2)
                numbers[:, split], numbers[:, SCORES.start + split] = losses * self._unit, parts
        penalty, *parts_of = penalties.double() * self._unit
        numbers[:, 3] = penalty
        numbers[:, PARTS] = torch.stack(parts_of, 1)
        if self._variances is not None:
            numbers[:, SCORES] = 1.0 - numbers[:, SCORES] / self._variances
        return numbers
