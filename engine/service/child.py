"""The engine in a process of its own: what the window's ``ProcessEngine`` starts.

The parent's end of the pipe closes when the parent ends, however it ends; this process then ends at once.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.observation.report import Report
from engine.service.allocation import give_back_large_memory
from engine.service.child_faults import note_crashes, tell_parent
from engine.service.interface import Inbox, Mailbox
from engine.service.messages import Alive, Command, EngineFailed, Event, Ping, Pong, Shutdown
from engine.service.place import AskedPlace
from engine.service.serving import serve
from engine.service.shared_memory import Key, open_arena
from engine.service.wire import Wire, pack

_log = logging.getLogger(__name__)

LARGE = 4 << 20
"""Bytes of memory that is given back at once: as large as a long history's, and larger than most tensors."""

_SIGNS: dict[type, bytes] = {type(sign): pack(sign) for sign in (Alive(), Pong())}
"""The messages of signs of life, which thus need no memory when they are asked for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The parent has taken a snapshot and has room for another one."""


class PipeMailbox(Mailbox[Report]):
    """Holds the newest report until the parent has taken the one before, so that the arena is free for it.

    One for which there is not enough memory waits, too, and is a part of the next one: the rows of its histories are in
    no other.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__(Report.merged)
        self._wire = wire
        self._gate = threading.Lock()
        self._may_send = True

    @property
    def empty(self) -> bool:
        """Whether the parent would get a report at once."""
        return self._may_send

    def put(self, value: Report) -> None:
        """Send a report, now or when the parent has room for it. Raises OSError when the parent is gone."""
        super().put(value)
        self._pass_on()

    def taken(self) -> None:
        """Note that the parent has room again. Raises OSError when the parent is gone."""
        self._may_send = True
        self._pass_on()

    def try_again(self) -> None:
        """Send what waits, if it may be sent. Raises as ``put`` does."""
        self._pass_on()

    def _pass_on(self) -> None:
        with self._gate:
            if not self._may_send:
                return
            newest = self.take()
            if newest is None:
                return
            self._may_send = False
        try:
            self._wire.send_large(newest)
        except OSError:
            raise
        except BaseException as error:
            with self._gate:
                if isinstance(error, MemoryError):
                    self.put_back(newest)
                self._may_send = True
            raise


class PipeOutbox(Inbox[Event]):
    """Sends each event at once."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def put(self, item: Event) -> None:
        """Send an event. Raises OSError when the parent is gone."""
        sign = _SIGNS.get(type(item))
        if sign is None:
            self._wire.send(item)
        else:
            self._wire.write(sign)


def main(key: Key, place: tuple[str, ...] = ()) -> None:
    """Serve the parent over standard input and output until it sends ``Shutdown`` or is gone, then end the process.

    Parameters
    ----------
    key
        What opens the arena that the parent has created.
    place
        The fields of an ``AskedPlace``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_back_large_memory(LARGE)
    note_crashes()
    wire = _take_over_standard_streams(key)
    wire.greet()
    tell_parent(wire.send)
    inbox: Inbox[Command] = Inbox()
    mailbox, outbox = PipeMailbox(wire), PipeOutbox(wire)
    loaded = threading.Event()
    threading.Thread(
        target=_listen, args=(wire, inbox, mailbox, outbox, loaded), name="commands", daemon=True
    ).start()

    def note_loaded() -> None:
        # Nor are they looked through later: each search through all objects of PyTorch takes 0.2 s.
        gc.freeze()
        gc.enable()
        loaded.set()

    # Modules are there to stay. Looking through them for garbage took a fifth of the time until the engine is ready.
    gc.disable()
    # The parent may end while something is being sent to it.
    with contextlib.suppress(BrokenPipeError):
        serve(inbox, mailbox, outbox, note_loaded, AskedPlace(*place))
    # Nothing is left to be closed, and torch would take its time.
    os._exit(0)


def _listen(
    wire: Wire, inbox: Inbox[Command], mailbox: PipeMailbox, outbox: PipeOutbox, loaded: threading.Event
) -> None:
    """Hand on what the parent sends. End this process when the pipe closes, or on ``Shutdown`` while torch loads."""
    try:
        while True:
            try:
                message = wire.receive()
            except (EOFError, OSError):
                return
            except Exception as error:
                failure = EngineFailed(f"A command did not arrive: {error}", traceback.format_exc())
                _report(partial(outbox.put, failure))
                continue
            if isinstance(message, Taken):
                _report(mailbox.taken)
            elif isinstance(message, Shutdown) and not loaded.is_set():
                return
            else:
                if isinstance(message, Ping):
                    # The engine itself may be in the middle of a long step.
                    _report(lambda: outbox.put(Alive()))
                    _report(mailbox.try_again)
                inbox.put(message)
    finally:
        os._exit(0)


def _report(send: Callable[[], None]) -> None:
    """Send something. What cannot be sent, as where memory is short, does not end this process."""
    try:
        send()
    except OSError:
        raise
    except Exception:
        _log.warning("something could not be sent to the window", exc_info=True)


def _take_over_standard_streams(key: Key) -> Wire:
    """Connect to the parent over the standard streams; what anything prints goes to standard error from then on."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return Wire(incoming, outgoing, open_arena(key))
