"""Programmes that were kept before get the deciles that the code knew for their names until now."""

import datetime
from typing import Any

from django.db import migrations

UP_TO = {"pkh": 4, "keluarga harapan": 4, "sembako": 5, "bpnt": 5, "pbi": 5}
SOURCE = "DTSEN (Inpres 4/2025)"
READ_ON = datetime.date(2025, 6, 23)


def set_deciles(apps: Any, _editor: Any) -> None:
    programmes = apps.get_model("households", "AidProgramme").objects
    for programme in programmes.filter(max_decile__isnull=True):
        words = programme.name.casefold()
        found = next((decile for word, decile in UP_TO.items() if word in words), None)
        if found is not None:
            programmes.filter(pk=programme.pk).update(
                max_decile=found, decile_source=SOURCE, decile_read_on=READ_ON
            )


class Migration(migrations.Migration):
    dependencies = [("households", "0006_assessment_and_listing")]
    operations = [migrations.RunPython(set_deciles, migrations.RunPython.noop)]
