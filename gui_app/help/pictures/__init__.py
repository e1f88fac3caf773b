"""The pictures of the help, drawn by the product from its own functions: one function a picture."""
