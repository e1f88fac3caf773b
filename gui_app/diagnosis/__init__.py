"""What is wrong with training, in plain words, and what may help."""
