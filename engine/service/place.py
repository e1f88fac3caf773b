"""What a person asks for when the app starts: the device and the precision that an engine trains with."""

from __future__ import annotations

from typing import NamedTuple


class AskedPlace(NamedTuple):
    """A setting of the engine's process, never of a document.

    Attributes
    ----------
    device
        "auto", "cpu" or "cuda".
    precision
        "float32" or "float64".
    """

    device: str = "cpu"
    precision: str = "float32"
