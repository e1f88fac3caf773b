"""The panels around the canvas: each shows settings of the document and edits them by path."""
