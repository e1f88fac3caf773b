"""What is open and running: the document, its engine, and what every room reads and changes."""
