"""The roles of a mandate, and in one sentence what each may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Values are stored in mandates and in the trail: never rename one."""

    STAFF = "STAFF", _("Kelurahan officer")
    LURAH = "LURAH", _("Lurah")
    KEMANTREN = "KEMANTREN", _("Kemantren officer")
    COMPANION = "COMPANION", _("Companion")
    RW_HEAD = "RW_HEAD", _("Head of RW")
    RT_HEAD = "RT_HEAD", _("Head of RT")
    TKPK_CHAIR = "TKPK_CHAIR", _("TKPK chair")
    TKPK_SECRETARY = "TKPK_SECRETARY", _("TKPK secretary")
    TKPK_MEMBER = "TKPK_MEMBER", _("TKPK member")
    BKM_MEMBER = "BKM_MEMBER", _("BKM member")
    BKM_SECRETARY = "BKM_SECRETARY", _("BKM secretariat")
    UPK_OFFICER = "UPK_OFFICER", _("UPK officer")
    UPL_OFFICER = "UPL_OFFICER", _("UPL officer")
    UPS_OFFICER = "UPS_OFFICER", _("UPS officer")
    KSM_REP = "KSM_REP", _("KSM representative")
    KPP_REP = "KPP_REP", _("KPP representative")
    AUDITOR = "AUDITOR", _("Auditor")
    ADMIN = "ADMIN", _("Administrator")


DUTIES = {
    Role.STAFF: _("Enters and imports households, surveys, aid and needs; never approves."),
    Role.LURAH: _("Signs the list of poor households; acknowledges agreements and plans."),
    Role.KEMANTREN: _("Reads counts of the kemantren and writes notes of guidance."),
    Role.COMPANION: _("Sees only the families or groups assigned; notes visits."),
    Role.RW_HEAD: _("Sees and nominates households of the own RW; sends its needs."),
    Role.RT_HEAD: _("Sees and nominates households of the own RT; sends its needs."),
    Role.TKPK_CHAIR: _("Opens and closes the decision meeting, and votes."),
    Role.TKPK_SECRETARY: _("Records the decision meeting, and votes."),
    Role.TKPK_MEMBER: _("Votes on programmes in the decision meeting."),
    Role.BKM_MEMBER: _("Rechecks, ranks, signs agreements, authorises payments, decides loans."),
    Role.BKM_SECRETARY: _("Records payments; never authorises them."),
    Role.UPK_OFFICER: _("Examines and pays loans; verifies economic proposals."),
    Role.UPL_OFFICER: _("Verifies environmental proposals and attests works."),
    Role.UPS_OFFICER: _("Verifies social proposals and attests activities."),
    Role.KSM_REP: _("Writes proposals, progress and accounts of the own group."),
    Role.KPP_REP: _("Keeps maintenance records and fees of the own group."),
    Role.AUDITOR: _("Reads all money; writes findings, as nobody else may."),
    Role.ADMIN: _("Gives mandates and keeps settings; no vote, no payment, no household data."),
}

# A mandate in these roles names the organisation that it is held in.
NEEDS_ORGANISATION = frozenset(
    {
        Role.BKM_MEMBER,
        Role.BKM_SECRETARY,
        Role.UPK_OFFICER,
        Role.UPL_OFFICER,
        Role.UPS_OFFICER,
        Role.KSM_REP,
        Role.KPP_REP,
    }
)
# Roles that verify, vote, authorise, pay or decide: their holder's own NIK must be known, so that
# a decision about the own family can be recognised.
NEEDS_IDENTITY = frozenset(
    {
        Role.LURAH,
        Role.TKPK_CHAIR,
        Role.TKPK_SECRETARY,
        Role.TKPK_MEMBER,
        Role.BKM_MEMBER,
        Role.BKM_SECRETARY,
        Role.UPK_OFFICER,
        Role.UPL_OFFICER,
        Role.UPS_OFFICER,
    }
)
TKPK_ROLES = frozenset({Role.TKPK_CHAIR, Role.TKPK_SECRETARY, Role.TKPK_MEMBER})
