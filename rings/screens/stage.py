"""What the stage shows."""
