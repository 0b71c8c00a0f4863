"""A whole rollout before one's eyes, with nobody hurt: simulated visitors, a simulated model."""
