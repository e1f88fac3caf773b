"""One thread for all of torch's work: what makes a lane's numbers its own.

With several threads, torch cuts a tensor into parts whose borders follow from its whole size, and at a border other
instructions round otherwise: how many lanes there are would then show in each lane's last bits. Networks of this size
gain nothing from more threads but where a step has a million multiplications and more.
"""

from __future__ import annotations

import torch


def one_thread() -> None:
    """Let the calling thread's tensor operations use one thread, from now on."""
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
