"""Forms of the ground floor: the shape of what comes in, nothing else."""
