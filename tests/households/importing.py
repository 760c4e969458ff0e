"""Steps of an import for tests: check, save, and what was found."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from households.imports.applying import apply_batch
from households.imports.checking import check_batch, examine_file
from households.imports.staging import start_batch
from households.models import ImportBatch
from households.workflows.importing import IMPORT_FLOW
from tests.households import workbooks as file

OTHER_KK = "3471040101160000"


def checked(place, by, *people, **options):
    batch = start_batch(
        file.xlsx(file.grid(people)), name="d.xlsx", kelurahan=place, by=by, **options
    )
    return check_batch(batch, by=by)


def applied(place, by, *people, **options):
    batch = checked(place, by, *people, **options)
    return apply_batch(IMPORT_FLOW.apply("confirm", batch, by=by), by=by)


def codes(place, *people, **options):
    found = examine_file(
        file.xlsx(file.grid(people)),
        name="d.xlsx",
        kelurahan=place,
        refuse_unknown=True,
        **options,
    )
    return [(f.row, f.code) for f in found.findings if f.is_error], found


def everything(model):
    """All columns of all rows, but for who wrote last and how often."""
    rows = model.objects.order_by("pk").values()
    return [
        {k: v for k, v in row.items() if k not in {"version", "updated_at", "updated_by_id"}}
        for row in rows
    ]


def uploading(client, capture):
    """Brings a file through the page and lets the worker read it; gives its batch."""

    def send(data, name="daftar.xlsx"):
        with capture(execute=True):
            client.post(reverse("import_new"), {"file": SimpleUploadedFile(name, data)})
        return ImportBatch.objects.latest("pk")

    return send


def pressing(client, capture):
    """Posts to a page of a batch and lets the worker do what follows."""

    def send(batch, view, /, *args, **data):
        with capture(execute=True):
            answer = client.post(reverse(view, args=[batch.pk, *args]), data)
        batch.refresh_from_db()
        return answer

    return send
