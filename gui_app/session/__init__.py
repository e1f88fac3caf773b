"""The session: the document, the link to its engine, and the state that all rooms share."""
