"""Numbers and places as sentences say them."""

from __future__ import annotations


def percent(share: float) -> str:
    if 0.0 < share < 0.005:
        return "less than 1 %"
    return f"{share:.0%}".replace("%", " %")


def number(value: float) -> str:
    """Three digits, thousands apart where there are none behind the point."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def times(factor: float) -> str:
    """A factor of which the size is what matters."""
    if factor >= 1e6:
        return "more than a million"
    return f"{float(f'{factor:.2g}'):,.0f}" if factor >= 10 else f"{factor:.2g}"


def when(epoch: int) -> str:
    """Of an end in that epoch, counted from 1."""
    return f"in epoch {epoch:,}" if epoch > 1 else "in the first epoch"
