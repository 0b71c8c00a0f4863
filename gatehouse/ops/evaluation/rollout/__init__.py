"""The statistics of a rollout, measured by simulation against what they promise."""
