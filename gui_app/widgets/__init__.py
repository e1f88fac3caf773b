"""Controls that the panels are made of. They know the catalogue's entries and parameters, but no document."""
