"""A worker process of this machine: batches come over its standard input, results go over its standard output.

It ends at once when its parent does, however that ends, because the pipe between them closes then.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
from typing import Any, BinaryIO

from engine.sweep.job import SweepJob, attempt

_LENGTH = struct.Struct("<Q")


def send(stream: BinaryIO, value: object) -> None:
    """Write a value to a pipe.

    Parameters
    ----------
    stream
        Its end.
    value
        What can be pickled.
    """
    data = pickle.dumps(value, protocol=5)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read a value from a pipe.

    Parameters
    ----------
    stream
        Its end.

    Returns
    -------
    object
        What the other side has sent.

    Raises
    ------
    EOFError
        If the other side is gone.
    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def main() -> None:
    """Train batches until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    jobs: queue.SimpleQueue[SweepJob] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(incoming, jobs), name="jobs", daemon=True).start()
    try:
        send(outgoing, "ready")
        while True:
            send(outgoing, attempt(jobs.get()))
    except OSError:
        # The parent is gone. torch would take its time to end.
        os._exit(0)


def _listen(incoming: BinaryIO, jobs: queue.SimpleQueue[SweepJob]) -> None:
    """Take jobs from the pipe; end this process, whatever it trains, when it closes."""
    try:
        while True:
            jobs.put(receive(incoming))
    finally:
        os._exit(0)
