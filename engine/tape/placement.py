"""Where tensors lie, and how precise they are: a setting of a run, never of what is computed."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

DEVICES = ("cpu", "cuda")
PRECISIONS = ("float32", "float64")


@dataclass(frozen=True, slots=True)
class Placement:
    """A device and a precision.

    Attributes
    ----------
    device
        One of ``DEVICES``.
    precision
        One of ``PRECISIONS``.

    Examples
    --------
    >>> Placement(precision="float64").put(torch.ones(1)).dtype
    torch.float64
    >>> Placement("tpu")
    Traceback (most recent call last):
    ValueError: There is no device "tpu"; choose cpu or cuda.
    """

    device: str = "cpu"
    precision: str = "float32"

    def __post_init__(self) -> None:
        for what, value, choices in (
            ("device", self.device, DEVICES),
            ("precision", self.precision, PRECISIONS),
        ):
            if value not in choices:
                raise ValueError(f'There is no {what} "{value}"; choose {" or ".join(choices)}.')

    @classmethod
    def of(cls, tensor: Tensor) -> Placement:
        """Return the place of a tensor.

        Parameters
        ----------
        tensor
            Of float32 or float64.

        Returns
        -------
        Placement
        """
        return cls(tensor.device.type, str(tensor.dtype).removeprefix("torch."))

    @property
    def is_plain(self) -> bool:
        """Whether it is the processor with single precision, where all that is shown is computed."""
        return self == PROCESSOR

    @property
    def on_gpu(self) -> bool:
        return self.device != "cpu"

    @property
    def dtype(self) -> torch.dtype:
        return torch.float64 if self.precision == "float64" else torch.float32

    def put(self, tensor: Tensor) -> Tensor:
        """Return a tensor of single precision as it is here.

        Parameters
        ----------
        tensor
            What is not of single precision keeps its type.

        Returns
        -------
        Tensor
            The same where it lies here already, else a copy.
        """
        if tensor.dtype is torch.float32:
            return tensor.to(self.device, self.dtype)
        return tensor.to(self.device)

    def zeros(self, *shape: int) -> Tensor:
        """Return zeros here.

        Parameters
        ----------
        shape
            Sizes of the axes.

        Returns
        -------
        Tensor
        """
        return torch.zeros(*shape, dtype=self.dtype, device=self.device)


PROCESSOR = Placement()
