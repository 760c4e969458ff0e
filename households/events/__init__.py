"""Life events of families: births, deaths, moves, splits; what follows and what is undone."""
