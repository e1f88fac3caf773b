"""The origin of a document's points, and whether they were edited."""

from __future__ import annotations

from dataclasses import dataclass

GENERATED, DRAWN, IMPORTED, PASTED = "Generated", "Drawn by hand", "Imported", "Pasted"
SAVED_SET, FILE, RESTORED = "From a saved set", "From the file", "Restored"


@dataclass(frozen=True, slots=True)
class Origin:
    """The original source of all points, and whether points were added, removed, moved or changed since."""

    source: str
    edited: bool = False

    def __str__(self) -> str:
        """Return a phrase such as "Imported and edited"."""
        return f"{self.source} and edited" if self.edited and self.source != DRAWN else self.source

    def after_edit(self, source: str, was_empty: bool) -> Origin:
        """Return the origin after an edit; if there were no points before, all now come from ``source``."""
        return Origin(source) if was_empty else Origin(self.source, True)
