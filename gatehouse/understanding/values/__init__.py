"""Values in any text: numbers, money, dates and the rest, each with its place in the text."""
