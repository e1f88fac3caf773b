"""The actions of a state machine as a list: what an engine has timed may not happen again when it is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

KEPT = 3
"""Failures whose trail is kept: one that hypothesis cannot repeat is followed by another one."""
Method = Callable[..., None]


class Trailing(RuleBasedStateMachine):
    """A machine that knows what it has done; ``first_failures`` keeps its first failures and the way to them."""

    first_failures: list[str]
    """At most ``KEPT`` texts; of all machines of a run."""
    actions = 0
    """Of all machines of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.trail: list[str] = []

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Keep what fails inside."""
        try:
            yield
        except HypothesisException:
            raise
        except Exception as error:
            error.add_note("after\n  " + "\n  ".join(self.trail))
            if len(self.first_failures) < KEPT:
                self.first_failures.append(f"{type(error).__name__}: {error}\n" + "\n".join(error.__notes__))
            raise


def action(**arguments: Any) -> Callable[[Method], Method]:
    """A rule whose uses are kept in the machine's trail."""

    def decorate(function: Method) -> Method:
        @wraps(function)
        def act(machine: Trailing, **values: Any) -> None:
            type(machine).actions += 1
            machine.trail.append(f"{function.__name__}({', '.join(f'{k}={v!r}' for k, v in values.items())})")
            with machine.telling():
                function(machine, **values)

        decorated: Method = rule(**arguments)(act)  # type: ignore[no-untyped-call]
        return decorated

    return decorate


def promise(function: Method) -> Method:
    """An invariant whose failure is told with the machine's trail."""

    @wraps(function)
    def check(machine: Trailing) -> None:
        with machine.telling():
            function(machine)

    return invariant()(check)
