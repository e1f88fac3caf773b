"""Answers for each ``SaveRun``, also where the engine that was to carry it out ends."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.service.messages import Event, RunNotSaved, RunSaved

MOST = 32
"""So many may be under way; an engine that has not answered any of them answers no more."""


class Saves:
    """Those that are under way.

    Parameters
    ----------
    answer
        Takes the answers that an engine owes.

    Examples
    --------
    >>> answers = []
    >>> saves = Saves(answers.append)
    >>> saves.begin("a"), saves.begin("b")
    (True, True)
    >>> saves.note(RunSaved((), folder="a"))
    >>> saves.give_up("The engine has ended.")
    >>> [answer.folder for answer in answers]
    ['b']
    """

    def __init__(self, answer: Callable[[Event], None]) -> None:
        self._answer = answer
        self._open: list[str] = []
        self._refusal = ""
        self._lock = threading.Lock()

    def begin(self, folder: str) -> bool:
        """Note that one is asked for; False if that is refused, and answered."""
        with self._lock:
            if self._refusal:
                why = self._refusal
            elif len(self._open) < MOST:
                self._open.append(folder)
                return True
            else:
                why = "The training engine has not saved what it was asked to save before."
        self.refuse(folder, why)
        return False

    def refuse(self, folder: str, why: str) -> None:
        """Answer one that is not begun."""
        self._answer(RunNotSaved(f"Histories and models were not saved into {folder}. {why}", folder))

    def note(self, event: Event) -> None:
        """Note an answer of the engine, which answers in the order in which it was asked."""
        with self._lock:
            if isinstance(event, RunSaved | RunNotSaved) and event.folder in self._open:
                self._open.remove(event.folder)

    def give_up(self, why: str) -> None:
        """Answer all that are under way."""
        with self._lock:
            given_up, self._open = self._open, []
        self._answer_all(given_up, why)

    def close(self, why: str) -> None:
        """Answer all that are under way, and refuse all that are asked for until ``reopen``."""
        with self._lock:
            given_up, self._open = self._open, []
            self._refusal = why
        self._answer_all(given_up, why)

    def reopen(self) -> None:
        """Refuse no more."""
        with self._lock:
            self._refusal = ""

    def _answer_all(self, given_up: list[str], why: str) -> None:
        for folder in given_up:
            self._answer(RunNotSaved(f"Some histories and models may be missing in {folder}. {why}", folder))
