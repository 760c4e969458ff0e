"""Aid across families: rules on pairs, coverage, overlaps, gaps, many receipts at once, ends."""
