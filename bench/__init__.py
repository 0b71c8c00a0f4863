"""Speed against peers and floors, side by side in one run."""
