"""Twelve thousand people, and as long a list of everything else, for tests of lists.

Rows are written straight into the tables: a list reads rows, whoever wrote them.
"""

import datetime
import uuid

from django.utils import timezone

from households.codes import Relation
from households.models import (
    AccessReport,
    AidProgramme,
    DecreeRow,
    HealthFinding,
    Household,
    Instrument,
    Nomination,
    ReportCard,
    SubmissionItem,
)
from households.models.health_finding import FindingCode
from tests import factories as make
from tests.households.aided import make_list
from tests.households.importing import checked
from tests.households.population import people
from tkpk.encryption import seal
from tkpk.models import AccessLog
from tkpk.roles import Role

EACH = 4
YEAR = timezone.localdate().year


def copies(row, count, /, **changed):
    """So many rows like this one, unsaved; each value that changes is asked for by its number."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    same = {name: getattr(row, name) for name in names}
    model = type(row)
    return [
        model(**{**same, **{name: value(number) for name, value in changed.items()}})
        for number in range(count)
    ]


def write(rows):
    return type(rows[0])._default_manager.bulk_create(rows, batch_size=500)


def grow(rows, *, number, few):
    """Make every list of `one_of_everything` longer: by so many families, and a few of the rest."""
    families = _families(rows, number)
    heads = _people(rows, families, few)
    _surveys(rows, families)
    _listings(rows, families, few)
    _aid(rows, families, few)
    _sent(rows, families, heads, few)
    _of_one_family(rows, few)
    _duplicates(rows, heads, few)
    _office(rows, few)


def _families(rows, number):
    places = [make.make_rt(rows["place"], rw, rt) for rw in (7, 8, 9) for rt in (1, 2, 3)]
    return write(
        copies(
            rows["family"], number, kk_number=lambda _: "", kk_index=lambda _: "",
            territory_id=lambda n: places[n % len(places)].pk,
            # Some are to be served, some are served and need not be.
            registry_source=lambda n: "DTSEN", decile=lambda n: 1 + n % 10,
            decile_as_of=lambda n: datetime.date(2026, 1, 1),
        )
    )  # fmt: skip


def _people(rows, families, few):
    head = rows["head"]
    blank = {"nik": lambda _: "", "nik_index": lambda _: ""}
    heads = write(copies(head, len(families), household_id=lambda n: families[n].pk, **blank))
    write(
        copies(
            head, len(families) * (EACH - 1),
            household_id=lambda n: families[n % len(families)].pk,
            relation=lambda _: Relation.CHILD, **blank,
        )
    )  # fmt: skip
    codes = FindingCode.values
    write(
        [
            HealthFinding(
                kelurahan=rows["place"], member_id=one.pk, code=code, found_at=timezone.now()
            )
            for one in heads[:few]
            for code in codes
        ]
    )
    return heads


def _surveys(rows, families):
    surveys = copies(
        rows["survey_"], len(families), household_id=lambda n: families[n].pk,
        client_key=lambda _: uuid.uuid4(),
    )  # fmt: skip
    said = rows["survey_"].read_answers()
    for survey in surveys:
        survey.write_answers(said)
    write(surveys[: len(families) // 2])  # The other half is not visited yet.


def _listings(rows, families, few):
    write(copies(rows["listing_"], len(families), household_id=lambda n: families[n].pk))
    last_year = make_list(rows["place"], rows["by"], YEAR - 1)
    write(
        copies(
            rows["listing_"], len(families), household_id=lambda n: families[n].pk,
            poor_list_id=lambda _: last_year.pk, status=lambda _: "ESTABLISHED",
        )
    )  # fmt: skip
    for year in range(2001, 2001 + min(few, 20)):
        make_list(rows["place"], rows["by"], year)
    file = rows["decree_"]
    blob = b'{"name": "Wiryo", "nik": "", "kk": "", "said": ""}'
    last = DecreeRow.objects.filter(file=file).count()
    first = DecreeRow.objects.filter(file=file).first()
    found = copies(
        first, few, position=lambda n: last + n + 1, household_id=lambda n: families[n].pk
    )
    for row in found:
        row.blob = seal(blob, context=row.context)
    write(found)


def _aid(rows, families, few):
    for programme in (rows["programme"], rows["other_programme"]):
        write(
            copies(
                rows["receipt"], len(families) // 2, household_id=lambda n: families[2 * n].pk,
                programme_id=lambda _, one=programme: one.pk,
            )
        )  # fmt: skip
    AidProgramme.objects.filter(pk=rows["programme"].pk).update(
        max_decile=4, decile_source="Contoh", decile_read_on=datetime.date(2026, 1, 1)
    )
    more = write(copies(rows["other_programme"], few, name=lambda n: f"Bantuan {n}"))
    write(
        [
            one
            for programme in more
            for one in copies(
                rows["receipt"], 2, household_id=lambda n: families[n].pk,
                programme_id=lambda _, one=programme: one.pk,
            )
        ]
    )  # fmt: skip


def _sent(rows, families, heads, few):
    sent = rows["submission_"]
    write(copies(sent, few, name=lambda n: f"Usulan {n}"))
    write(
        [
            SubmissionItem(submission=sent, household=one.household, member=one, position=100 + n)
            for n, one in enumerate(heads)
        ]
    )
    write(copies(rows["answer_"], few))
    checked(rows["place"], rows["by"], *people(few), fallback=rows["place"])


def _of_one_family(rows, few):
    family, by = rows["family"], rows["by"]
    write(copies(rows["event"], few))
    write(copies(rows["transfer_"], few))
    card = ReportCard.objects.filter(household=family).order_by("year").last()
    write(copies(card, few, year=lambda n: 2000 + n % 20, edition=lambda n: 10 + n,
                 status=lambda _: "SET_ASIDE"))  # fmt: skip
    write(
        [
            AccessLog(
                by=by, kelurahan=family.kelurahan, subject=Household._meta.label_lower,
                subject_id=family.pk,
            )
            for _ in range(few)
        ]
    )  # fmt: skip
    report = AccessReport.objects.filter(household=family).first()
    papers = write(copies(report.document, few))
    write(copies(report, few, document_id=lambda n: papers[n].pk))
    for number in range(few):
        family.address = f"Jalan Contoh {number}"
        family.save()


def _duplicates(rows, heads, few):
    write(
        copies(
            rows["duplicate_"], 5 * few, low=lambda n: heads[n].pk, high=lambda n: heads[n + 1].pk
        )
    )
    one = Household.objects.get(pk=rows["family"].pk)
    Household.objects.filter(pk__in=[head.household_id for head in heads[:few]]).update(
        kk_number=one.kk_number, kk_index=one.kk_index, status="CLOSED"
    )


def _office(rows, few):
    place = rows["place"]
    voice = rows["voice_"]
    reports = write(copies(voice, 2 * few, ticket=lambda n: f"S-XXXX-{n:04d}-YYYY"))
    nomination = Nomination.objects.filter(submission=voice).first()
    write(copies(nomination, 2 * few, submission_id=lambda n: reports[n].pk))
    write(copies(rows["meeting_"], few, title=lambda n: f"Rapat {n}"))
    write(copies(rows["attendance"], few, name=lambda n: f"Bu {n}"))
    write(copies(Instrument.objects.filter(kelurahan=place).first(), few, code=lambda n: f"x{n}"))
    version = rows["version"]
    write(copies(version, few, number=lambda n: 100 + n, label=lambda n: f"V{n}",
                 status=lambda _: "RETIRED"))  # fmt: skip
    for number in range(few):
        make.make_user(f"ketua{number}", Role.RT_HEAD, make.make_rt(place, 9, 1))
