"""Controls of the panels. They know the catalogue's entries and parameters, but no document."""
