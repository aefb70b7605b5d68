"""Reading lines, and turning a call-back that was answered into a contact."""

from services.desk.api_clients import ApiClients
from services.desk.api_models import Created, Listing
from services.desk.callbacks.schemas import CallbackWithTrail, Line
from services.desk.contact.service import take_new
from shared.vocabulary import Channel


async def line_names(services: ApiClients) -> dict[str, str]:
    """The phone lines' names by code."""
    lines = await services.get("intake", "/v1/lines", Listing[Line])
    return {line.code: line.name for line in lines.items if line.channel == Channel.PHONE}


async def begin_contact(services: ApiClients, callback_id: str, once: str | None) -> str:
    """The number answers: a contact in the user's hands, and the call-back is settled.

    Gives the contact's id. Raises Refused (409) when a colleague has the call-back.
    """
    # Taken before anything is written: two who call at once leave one contact and not two.
    callback = await services.post("intake", f"/v1/callbacks/{callback_id}/take", CallbackWithTrail)
    body = {
        "channel": Channel.PHONE,
        "line": callback.line,
        "contact_person": {"phone": callback.phone},
    }
    contact = await services.post("intake", "/v1/contacts", Created, body, once=once)
    await take_new(services, contact.id)
    settlement = {"outcome": "reached", "contact_id": contact.id}
    await services.send("intake", "POST", f"/v1/callbacks/{callback_id}/settle", settlement)
    return contact.id
