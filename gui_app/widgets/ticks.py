"""Ticks of axes, and their numbers as text."""

from __future__ import annotations

import math

Ticks = tuple[tuple[float, str], ...]
"""Positions on the axis (exponents on a logarithmic one) and their texts."""

EPOCH = "epoch "
"""What stands before the first tick of an axis of epochs."""


def nice_step(rough: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is at least ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= rough * (1 - 1e-9)), 10 * power)


def tick_text(value: float) -> str:
    """Format a round number: 1e-3, 0.01, 1, 1,200, 1e5."""
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    if -2 <= exponent <= 4:
        return f"{round(value, 4 - exponent):,.10g}"
    return f"{round(value / 10.0**exponent, 3):g}e{exponent}"


def count_text(count: int) -> str:
    """Format a whole number with separated thousands: 1,200."""
    return f"{int(count):,}"


def linear_ticks(low: float, high: float, most: int) -> Ticks:
    """Return at most ``most`` ticks at round numbers from ``low`` to ``high``; none if the span overflows."""
    if not high > low or math.isinf(high - low):
        return ()
    step = nice_step((high - low) / max(most, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple((multiple * step, tick_text(multiple * step)) for multiple in range(first, last + 1))


def log_ticks(low: float, high: float, most: int) -> Ticks:
    """Return at most ``most`` decades between two exponents; over less than two decades, with room, also their 2 and 5.

    Where only one of these would be left, the ticks are at equal distances of the numbers.
    """
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    stride = max(1, int(nice_step((last - first + 1) / max(most, 1)))) if last >= first else 1
    finest = ((1, 2, 5), (1, 3)) if high - low < 2.0 else ()
    kept: Ticks = ()
    for factors in (*finest, (1,)):
        kept = _decades(low, high, stride, factors)
        if len(kept) <= most:
            break
    if len(kept) > 1 or high - low > 1.0 or abs(low) > 300.0:
        return kept
    return tuple((math.log10(value), text) for value, text in linear_ticks(10.0**low, 10.0**high, most))


def _decades(low: float, high: float, stride: int, factors: tuple[int, ...]) -> Ticks:
    """Return ticks at ``factors`` of each ``stride``-th decade between two exponents."""
    found = (
        (decade + math.log10(factor), tick_text(factor * 10.0**decade))
        for decade in range(math.ceil(low - 1e-9) - 1, math.floor(high + 1e-9) + 1)
        if decade % stride == 0
        for factor in factors
    )
    return tuple(tick for tick in found if low - 1e-9 <= tick[0] <= high + 1e-9)


def epoch_ticks(low: float, high: float, width: float) -> Ticks:
    """Return a few whole epochs along ``width`` pixels; the first is labelled "epoch"."""
    step = max(1, round(nice_step(max(high - low, 1.0) / max(int(width // 90), 1))))
    epochs = range(math.ceil(low / step) * step, math.floor(high + 1e-9) + 1, step)
    texts = [count_text(epoch) for epoch in epochs]
    texts[:1] = [f"{EPOCH}{text}" for text in texts[:1]]
    return tuple((float(epoch), text) for epoch, text in zip(epochs, texts, strict=True))


def log_epoch_ticks(first: float, last: float, width: float) -> Ticks:
    """Return ticks for a logarithmic axis of epochs from ``first`` to ``last`` along ``width`` pixels.

    They are epoch 0 and the decades, where there is room also their 2 and 5; the first is labelled "epoch".
    """
    decades = range(math.floor(math.log10(max(last, 1.0)) + 1e-9) + 1)
    room = width / max(math.log10((1.0 + last) / (1.0 + first)), 1.0)
    stride = max(1, math.ceil(48.0 / room))
    factors = (1, 2, 5) if room >= 160.0 else (1, 3) if room >= 110.0 else (1,)
    epochs = [factor * 10**decade for decade in decades if decade % stride == 0 for factor in factors]
    shown = [epoch for epoch in (0, *epochs) if first <= epoch <= last]
    texts = [f"{'' if index else EPOCH}{count_text(epoch)}" for index, epoch in enumerate(shown)]
    return tuple((float(epoch), text) for epoch, text in zip(shown, texts, strict=True))
