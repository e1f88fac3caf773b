"""Use one thread for all of torch's work, so that a lane's numbers do not depend on the other lanes.

With several threads, torch divides a tensor into parts whose borders depend on its whole size, and elements at a border
are rounded differently: the number of lanes would change each lane's last bits. Networks of this size gain from more
threads only if a step has a million multiplications or more.
"""

from __future__ import annotations

import torch


def one_thread() -> None:
    """Make tensor operations of the calling thread use one thread from now on."""
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
