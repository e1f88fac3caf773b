"""Selected points: the frame around them, and what can be done with them."""
