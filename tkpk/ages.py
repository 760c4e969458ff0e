"""Ages as people count them."""

import datetime


def whole_years(start: datetime.date, end: datetime.date) -> int:
    """Full years from one day to another: a birthday counts on its day."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
