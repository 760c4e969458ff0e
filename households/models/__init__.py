"""Models of the registry, one aggregate a file."""

from households.models.aid import AidProgramme, AidReceipt, AidSource, AidTarget
from households.models.column_mapping import ColumnMapping, ListPurpose, ProgrammeAlias
from households.models.duplicate import (
    DismissReason,
    DuplicatePair,
    MergeRecord,
    PairKind,
    PairStatus,
)
from households.models.export_layout import CodeFormat, ExportLayout, RowUnit
from households.models.health_finding import FindingCode, HealthFinding
from households.models.household import Household, HouseholdStatus
from households.models.imports import (
    AreaMapping,
    BatchStatus,
    ImportBatch,
    ImportChange,
    ImportCounter,
    ImportRow,
    Outcome,
)
from households.models.life_event import (
    EventFamily,
    EventKind,
    EventPerson,
    EventStatus,
    FamilyRole,
    LifeEvent,
    PersonRole,
)
from households.models.member import LIVING, Member, MemberStatus
from households.models.statement import CounterReason, Statement, StatementCounter
from households.models.statistics import StatisticsSnapshot
from households.models.submission_list import (
    Answer,
    AnswerFile,
    AnswerFileStatus,
    SubmissionItem,
    SubmissionKind,
    SubmissionList,
    SubmissionStatus,
)
from households.models.transfer import DocumentKind, Transfer, TransferPerson, TransferStatus

__all__ = [
    "LIVING",
    "AidProgramme",
    "AidReceipt",
    "AidSource",
    "AidTarget",
    "Answer",
    "AnswerFile",
    "AnswerFileStatus",
    "AreaMapping",
    "BatchStatus",
    "CodeFormat",
    "ColumnMapping",
    "CounterReason",
    "DismissReason",
    "DocumentKind",
    "DuplicatePair",
    "EventFamily",
    "EventKind",
    "EventPerson",
    "EventStatus",
    "ExportLayout",
    "FamilyRole",
    "FindingCode",
    "HealthFinding",
    "Household",
    "HouseholdStatus",
    "ImportBatch",
    "ImportChange",
    "ImportCounter",
    "ImportRow",
    "LifeEvent",
    "ListPurpose",
    "Member",
    "MemberStatus",
    "MergeRecord",
    "Outcome",
    "PairKind",
    "PairStatus",
    "PersonRole",
    "ProgrammeAlias",
    "RowUnit",
    "Statement",
    "StatementCounter",
    "StatisticsSnapshot",
    "SubmissionItem",
    "SubmissionKind",
    "SubmissionList",
    "SubmissionStatus",
    "Transfer",
    "TransferPerson",
    "TransferStatus",
]
