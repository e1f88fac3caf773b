"""Tooltips: a name, an explanation and a formula."""

from __future__ import annotations

from html import escape

from engine.catalogue import Entry, Parameter
from engine.catalogue.texts import setting_text


def tip(title: str, meaning: str, formula: str = "") -> str:
    """Return rich text that wraps, with the formula on a separate line."""
    parts = [f"<b>{escape(title)}</b>", escape(meaning)]
    if formula:
        parts.append(f"<i>{escape(formula)}</i>")
    return f"<qt>{'<br>'.join(part for part in parts if part)}</qt>"


def entry_tip(entry: Entry) -> str:
    return tip(entry.label, entry.tooltip, entry.formula if entry.formula != entry.label else "")


def parameter_tip(parameter: Parameter) -> str:
    """Return the tooltip of a parameter, with its typical range if it has one."""
    ends = [setting_text(end) for end in parameter.typical or ()]
    typical = f" Typical: {' to '.join(ends)}." if ends else ""
    return tip(parameter.label, f"{parameter.tooltip}{typical}", parameter.formula)
