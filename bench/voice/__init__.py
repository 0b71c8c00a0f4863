"""What the house adds to a model's time, with a thousand conversations on one core."""
