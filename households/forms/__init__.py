"""Forms of the registry: the shape of an input, and who already holds a number."""
