"""The population sheet of OpenSID: 43 columns, one row a person."""

from households.imports.layout import Layout
from households.imports.opensid_columns import COLUMNS

LAYOUT = Layout(
    name="opensid",
    columns=COLUMNS,
    identifying=("name",),
    # Without them the list is of another kind, and its columns are mapped.
    marks=frozenset({"kk_number", "sex", "relation"}),
    skipped_sheets=frozenset({"kodedata"}),
)
