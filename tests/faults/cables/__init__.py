"""The network cable of each dependency is pulled in the middle of talks, and put back."""
