"""How well the product does, measured on data that others wrote: `gatehouse evaluate …`."""
