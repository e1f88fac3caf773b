"""What there is to choose from, one file a family. Imports neither torch nor anything slow."""

from engine.catalogue.entry import Entry, Family, Parameter

__all__ = ["Entry", "Family", "Parameter"]
