"""What a person can switch on and off at the canvas."""
