"""Tool tips: the name, what it means, and the formula."""

from __future__ import annotations

from html import escape

from engine.catalogue import Entry, Parameter
from engine.catalogue.texts import setting_text


def tip(title: str, meaning: str, formula: str = "") -> str:
    """Rich text that wraps, with the formula on a line of its own."""
    parts = [f"<b>{escape(title)}</b>", escape(meaning)]
    if formula:
        parts.append(f"<i>{escape(formula)}</i>")
    return f"<qt>{'<br>'.join(part for part in parts if part)}</qt>"


def entry_tip(entry: Entry) -> str:
    return tip(entry.label, entry.tooltip, entry.formula if entry.formula != entry.label else "")


def parameter_tip(parameter: Parameter) -> str:
    """With the allowed range and, where there is one, the usual range."""
    ends = [setting_text(end) for end in parameter.typical or ()]
    usual = f" Typical: {' to '.join(ends)}." if ends else ""
    return tip(parameter.label, f"{parameter.tooltip}{usual}", parameter.formula)
