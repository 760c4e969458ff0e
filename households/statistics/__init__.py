"""Published statistics: the only door through which public pages learn about families.

Figures are counted when somebody publishes them, small ones are withheld before they are stored,
and pages read what was stored. Nothing here is about one person, and no table goes down to an RT.
"""

from households.statistics.files import as_csv, as_json
from households.statistics.publishing import PUBLISHERS, draft, may_publish, publish
from households.statistics.reading import (
    CrossTable,
    Figure,
    FigureTable,
    PublishedStatistics,
    by_year,
    changes,
    in_words,
    latest,
)

__all__ = [
    "PUBLISHERS",
    "CrossTable",
    "Figure",
    "FigureTable",
    "PublishedStatistics",
    "as_csv",
    "as_json",
    "by_year",
    "changes",
    "draft",
    "in_words",
    "latest",
    "may_publish",
    "publish",
]
