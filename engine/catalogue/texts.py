"""Text of numbers that a person has chosen or that were measured, for all sentences, legends and events."""

from __future__ import annotations

import math
import re
import reprlib


def setting_text(value: float) -> str:
    """Format a setting with up to six significant digits.

    Parameters
    ----------
    value
        Any number; digits after the sixth are rounded away.

    Returns
    -------
    str
        The number without trailing zeros and with a short exponent.

    Examples
    --------
    >>> [setting_text(value) for value in (0.003, 10.0, 0.00001, 1e100)]
    ['0.003', '10', '1e-5', '1e100']
    """
    digits, _, power = f"{value:g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def value_text(value: float) -> str:
    """Write a measured number with two or three significant digits.

    Parameters
    ----------
    value
        Any number.

    Returns
    -------
    str
        With a comma between thousands; "–" for NaN.

    Examples
    --------
    >>> [value_text(value) for value in (0.0031, 0.3124, 3.124, 3120.0, 3.1e-5)]
    ['0.0031', '0.312', '3.12', '3,120', '3.1e-5']
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -3 <= exponent <= 4:
        return f"{value:,.{min(max(2 - exponent, 0), 4)}f}".replace("-", "−")
    digits, power = f"{value:.1e}".split("e")
    return f"{digits.replace('-', '−')}e{int(power)}"


def share_text(share: float) -> str:
    """Write a share in percent.

    Parameters
    ----------
    share
        From 0 to 1.

    Returns
    -------
    str
        Whole percents, and tenths just below 100, so that only a perfect share is shown as that; "–" if it is not
        finite.

    Examples
    --------
    >>> share_text(0.934), share_text(0.9996), share_text(1.0)
    ('93 %', '99.9 %', '100 %')
    """
    if not math.isfinite(share):
        return "–"
    percent = f"{math.floor(1000.0 * share) / 10.0:.1f}" if 0.995 <= share < 1.0 else f"{100.0 * share:.0f}"
    return f"{percent} %"


LOWEST_WITH_DECIMALS = -99.5
"""Lower values of R² are shown as a power of ten."""


def r2_text(score: float) -> str:
    """Write an R² with two decimals, or as a power of ten far below 0, where it may have forty digits.

    Parameters
    ----------
    score
        Up to 1.

    Returns
    -------
    str
        "–" if it is not finite.

    Examples
    --------
    >>> r2_text(0.934), r2_text(-0.5), r2_text(-1.2e9)
    ('0.93', '−0.50', '−1e9')
    """
    if not math.isfinite(score):
        return "–"
    if score > LOWEST_WITH_DECIMALS:
        return f"{score:z.2f}".replace("-", "−")
    digit, power = f"{score:.0e}".split("e")
    return f"{digit}e{int(power)}".replace("-", "−")


UNITS = {
    "array": "arrays", "axis": "axes", "cell": "cells", "class": "classes", "column": "columns", "edit": "edits",
    "epoch": "epochs", "field": "fields", "file": "files", "lane": "lanes", "layer": "layers", "line": "lines",
    "model": "models", "network": "networks", "neuron": "neurons", "point": "points", "processor": "processors",
    "row": "rows", "seed": "seeds", "step": "steps", "strip": "strips", "time": "times", "value": "values",
    "worker": "workers",
}  # fmt: skip
"""What is counted in sentences, one and several."""


def counted(count: float, unit: str) -> str:
    """Return a number of things in words that fit it.

    Parameters
    ----------
    count
        How many; not whole for a rate.
    unit
        One of them; its last word is a key of ``UNITS``.

    Returns
    -------
    str
        With a comma between thousands.

    Examples
    --------
    >>> counted(1, "epoch"), counted(0, "class"), counted(1284, "training point")
    ('1 epoch', '0 classes', '1,284 training points')
    """
    return f"{count:,} {noun(count, unit)}"


def noun(count: float, unit: str) -> str:
    """Return a unit as it stands after a number.

    Parameters
    ----------
    count, unit
        As for ``counted``.

    Returns
    -------
    str

    Examples
    --------
    >>> noun(1, "hidden layer"), noun(2, "hidden layer")
    ('hidden layer', 'hidden layers')
    """
    before, space, last = unit.rpartition(" ")
    return unit if count == 1 else f"{before}{space}{UNITS[last]}"


def as_sentence(clause: str) -> str:
    """Return a clause, such as the text of an error, as a sentence.

    Parameters
    ----------
    clause
        In any form.

    Returns
    -------
    str
        With a capital letter at its start, unless that is the path of a setting, an option or the name of a file, and a
        full stop at its end.

    Examples
    --------
    >>> as_sentence("could not write a.csv: No space left on device")
    'Could not write a.csv: No space left on device.'
    >>> as_sentence("lanes.0.seed: expected a number"), as_sentence("data.csv: it is empty"), as_sentence("Done.")
    ('lanes.0.seed: expected a number.', 'data.csv: it is empty.', 'Done.')
    """
    word = clause.split(" ", 1)[0]
    first = clause[:1] if re.search(r"[./\\_=0-9-]|:$", word) else clause[:1].upper()
    text = f"{first}{clause[1:].rstrip()}"
    return text if text.endswith((".", "!", "?", "…")) or not text else f"{text}."


def within_sentence(label: str) -> str:
    """Return a label as it stands within a sentence.

    Parameters
    ----------
    label
        Of an entry or a parameter.

    Returns
    -------
    str
        With a small letter at its start, unless it is a symbol or a short form.

    Examples
    --------
    >>> within_sentence("Learning rate"), within_sentence("L1"), within_sentence("λ₁")
    ('learning rate', 'L1', 'λ₁')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


LONGEST_SENTENCE = 300
"""The most characters of a sentence about what somebody wrote, with what it quotes."""


def quoted(name: str) -> str:
    """Return a name that someone has given as it stands in a sentence.

    Parameters
    ----------
    name
        Of a lane, a file or the like.

    Returns
    -------
    str

    Examples
    --------
    >>> quoted("no regularization")
    '“no regularization”'
    """
    return f"“{name}”"


def shortened(text: str, most: int = LONGEST_SENTENCE) -> str:
    """Cut a text in its middle, where its end says as much as its start.

    Parameters
    ----------
    text
        A sentence, a name or a path, of any length.
    most
        The most characters of the result, at least 3.

    Returns
    -------
    str
        The text itself if it is short enough; else its start, "…" and its end.

    Examples
    --------
    >>> shortened("a name that is too long", 11)
    'a nam… long'
    """
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def short_repr(value: object) -> str:
    """Return ``repr(value)`` in at most 60 characters, and in little time also for large values.

    Parameters
    ----------
    value
        A JSON value of any size.

    Returns
    -------
    str

    Examples
    --------
    >>> short_repr(["a"] * 10**6)
    "['a', 'a', 'a', 'a', 'a', 'a', …]"
    """
    if isinstance(value, str):
        return _SHORT.repr(value[:100])
    return f"{_SHORT.repr(value):.60}"


def describe_size(size: int) -> str:
    """Return a size in bytes, kB or MB; 1 MB is 1,000,000 bytes, wherever the app says it.

    Parameters
    ----------
    size
        In bytes.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_size(412_300), describe_size(999), describe_size(2_340_000), describe_size(64_000_000)
    ('412 kB', '999 bytes', '2.3 MB', '64 MB')
    """
    if size < 1000:
        return f"{size} bytes"
    if size < 999_500:
        return f"{size / 1e3:,.0f} kB"
    return f"{size / 1e6:,.1f}".removesuffix(".0") + " MB"


_SHORT = reprlib.Repr()
_SHORT.maxstring = 60
_SHORT.maxlong = 60
_SHORT.maxother = 60
_SHORT.fillvalue = "…"
