"""How the window is divided up: docks, centre, sizes, and what is remembered of them."""
