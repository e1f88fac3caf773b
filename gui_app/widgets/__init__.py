"""Controls that the panels are made of. They know the catalogue's words, but no document."""
