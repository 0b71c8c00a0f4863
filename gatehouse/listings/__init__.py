"""The stock room: homes and how they are found."""
