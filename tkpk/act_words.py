"""What the ground floor writes into the trail outside a workflow, in words."""

from django.utils.translation import gettext_lazy as _

from tkpk.registry import registry

registry.act_words |= {
    ("mandate", "grant"): (_("Mandate"), _("Mandate given")),
    ("mandate", "grant_own"): (_("Mandate"), _("Mandate given to oneself")),
    ("mandate", "amend_own"): (_("Mandate"), _("Own mandate extended")),
    ("mandate", "amend"): (_("Mandate"), _("Mandate changed or ended")),
    ("mandate", "found"): (_("Mandate"), _("First administrator")),
    ("mandate", "console"): (_("Mandate"), _("Mandate of the console")),
    ("person", "add"): (_("Person"), _("Person added")),
    ("person", "change"): (_("Person"), _("Person changed")),
    ("person", "lift_second_step"): (_("Person"), _("Second step removed")),
    ("account", "issue_reset_code"): (_("Account"), _("One-time code issued")),
    ("account", "use_reset_code"): (_("Account"), _("Password set with a code")),
    ("account", "passkey_added"): (_("Account"), _("Passkey added")),
    ("account", "passkey_removed"): (_("Account"), _("Passkey removed")),
    ("account", "phone_on"): (_("Account"), _("Codes of the phone switched on")),
    ("account", "phone_off"): (_("Account"), _("Codes of the phone switched off")),
    ("account", "card_made"): (_("Account"), _("Card of codes made")),
    ("account", "card_handed_out"): (_("Account"), _("Card of codes handed out")),
    ("account", "card_voided"): (_("Account"), _("Card of codes given up")),
    ("installation", "set_up"): (_("Installation"), _("Kelurahan set up")),
    ("document", "download"): (_("Document"), _("Document downloaded")),
}
