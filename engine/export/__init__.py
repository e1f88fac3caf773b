"""What leaves the app as files: metrics, gradients, models."""
