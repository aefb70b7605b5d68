"""The forms that intake receives, each by its name. A new form is added to the list here."""

from collections.abc import Mapping

from services.intake.settings import Settings
from services.intake.telephony.asterisk_ami.form import AmiForm
from services.intake.telephony.asterisk_queue_log.form import QueueLogForm
from services.intake.telephony.canonical_json.form import CanonicalForm
from services.intake.telephony.flexfone.form import FlexfoneForm
from services.intake.telephony.forms import Form
from services.intake.telephony.signatures import Signatures, SignedOrToken
from services.intake.telephony.sipgate.form import SipgateForm
from services.intake.telephony.twilio.form import TwilioForm
from services.intake.telephony.zammad.form import ZammadForm
from shared.access import Tokens


def forms_of(settings: Settings, tokens: Tokens) -> Mapping[str, Form]:
    """All forms, with the keys that the settings have for them.

    Raises ValueError for a key that cannot be one.
    """
    signed_or_token = SignedOrToken(Signatures(settings.secret("webhook_secrets")), tokens)
    forms: list[Form] = [
        CanonicalForm(signed_or_token),
        QueueLogForm(signed_or_token),
        AmiForm(signed_or_token),
        ZammadForm(settings),
        SipgateForm(settings),
        TwilioForm(settings),
        FlexfoneForm(settings),
    ]
    return {form.name: form for form in forms}
