"""The worker loaded and run, in the thread that calls."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from engine.observation.report import Report
from engine.service.interface import Inbox, Mailbox
from engine.service.messages import Command, EngineFailed, Event
from engine.service.place import AskedPlace


def serve(
    inbox: Inbox[Command],
    mailbox: Mailbox[Report],
    outbox: Inbox[Event],
    loaded: Callable[[], None] = lambda: None,
    place: AskedPlace | None = None,
) -> None:
    """Import the worker, and torch with it, and let it serve until it is told to shut down.

    A final ``EngineFailed`` reports that it cannot be imported.

    Parameters
    ----------
    inbox, mailbox, outbox
        What ``Worker`` takes.
    loaded
        Called when everything is imported.
    place
        Where it trains; None for the processor with single precision.
    """
    try:
        from engine.service.worker import Worker
    except Exception as error:
        outbox.put(EngineFailed(f"The training engine cannot load: {error}", traceback.format_exc(), True))
        return
    loaded()
    Worker(inbox, mailbox, outbox, place=place or AskedPlace()).run()
