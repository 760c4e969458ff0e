"""The population sheet of OpenSID: 43 columns, one row a person; and our own export of persons."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from households.imports.layout import Layout
from households.imports.mapped import TARGETS
from households.imports.opensid_columns import COLUMNS
from households.imports.parsing import PERSON_COLUMNS
from households.models import Member

LAYOUT = Layout(
    name="opensid",
    # As targets they know what we call them ourselves.
    columns=tuple(TARGETS[column.field] for column in COLUMNS),
    identifying=("name",),
    # Without them the list is of another kind, and its columns are mapped.
    marks=frozenset({"kk_number", "sex", "relation"}),
    skipped_sheets=frozenset({"kodedata"}),
)
# Persons as `PersonResource` writes them, in the language of whoever took them out.
EXPORT = replace(
    LAYOUT,
    name="ekspor",
    columns=tuple(TARGETS[column.field] for column in PERSON_COLUMNS),
    told_by=(_("Family code"), _("Person code")),
    passed=tuple(
        field.verbose_name for field in Member._meta.fields if field.name in {"status", "status_on"}
    ),
)
