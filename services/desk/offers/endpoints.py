"""The catalogue of offers: found, read aloud, and kept up to date."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.contact.contact_form import Fields
from services.desk.offers.editing import STATUSES, fields_of_offer, offer_from
from services.desk.offers.read_aloud import offer_lines
from services.desk.offers.week import DAYS, week_of
from services.desk.page_request import EVERYBODY, Sitting, sitting
from services.desk.problems import Refused
from services.desk.rendering import go_to
from shared.vocabulary import Role

offers_router = APIRouter(prefix="/offers")

Reader = Annotated[Sitting, sitting(*EVERYBODY)]
Editor = Annotated[Sitting, sitting(Role.RULES_EDITOR)]
#: So many offers are looked through; a page shows those that fit.
_MOST = 200


@offers_router.get("", name="offers")
async def list_offers(desk: Reader) -> Response:
    """All of them."""
    return await _list(desk, {})


@offers_router.post("")
async def search_offers(desk: Reader) -> Response:
    """Those that fit. Whom one is sought for stands in the body, never in an address."""
    return await _list(desk, (await desk.form()).as_dict())


async def _list(desk: Sitting, fields: Fields) -> Response:
    wanted = {name: next(iter(texts), None) for name, texts in fields.items()}
    age = wanted.get("age")
    fault = age is not None and not (age.isdecimal() and age.isascii() and int(age[:4]) <= 130)
    query = {"search": wanted.get("words"), "need": wanted.get("need"), "age": None if fault else age}
    found, needs = await asyncio.gather(
        desk.services.get("triage", "/v1/services", full="true", per_page=_MOST, **query),
        desk.services.get("triage", "/v1/needs"),
    )
    offers = [offer for offer in found["contents"] if _fits(offer, wanted)]
    return desk.show(
        "offers.html",
        status=422 if fault else 200,
        offers=offers,
        fields=fields,
        needs=needs["items"],
        need_names={need["code"]: need["label"] for need in needs["items"]},
        left_off=found["total_items"] - len(found["contents"]),
        fault=fault,
    )


def _fits(offer: dict[str, Any], wanted: dict[str, str | None]) -> bool:
    """By what triage's list has no filter for; an offer for the whole city is for each bydel."""
    districts, district = offer["eligibility"].get("districts"), wanted.get("district")
    if district and districts is not None and district not in map(str, districts):
        return False
    if wanted.get("open_now") and offer.get("open_now") is not True:
        return False
    return not wanted.get("has_room") or (offer.get("capacity") or {}).get("available") != 0


@offers_router.get("/{offer_id:uuid}", name="offer")
async def show_offer(desk: Reader, offer_id: UUID) -> Response:
    """One offer, to be read aloud, and what became of those who were led on to it."""
    offer, outcomes, needs = await asyncio.gather(
        desk.services.get("triage", f"/v1/services/{offer_id}"),
        desk.services.get("triage", f"/v1/services/{offer_id}/outcomes"),
        desk.services.get("triage", "/v1/needs"),
    )
    return desk.show(
        "offer.html",
        offer=offer,
        lines=offer_lines(offer, desk.texts["contact"]["aloud"]),
        outcomes=outcomes,
        need_names={need["code"]: need["label"] for need in needs["items"]},
    )


@offers_router.get("/{offer_id:uuid}/edit", name="offer_edit")
async def edit_offer(desk: Editor, offer_id: UUID) -> Response:
    """The offer as a form."""
    stored = await desk.services.ask("triage", "GET", f"/v1/services/{offer_id}")
    return await _form(desk, stored.body, stored.etag or "", fields_of_offer(stored.body))


async def _form(
    desk: Sitting, offer: dict[str, Any], etag: str, fields: Fields, *, status: int = 200, **shown: Any
) -> Response:
    needs = (await desk.services.get("triage", "/v1/needs"))["items"]
    return desk.show(
        "offer_edit.html",
        status=status,
        offer=offer,
        etag=etag,
        fields=fields,
        needs=needs,
        days=DAYS,
        statuses=STATUSES,
        simple_hours=week_of(offer.get("schedules", ())) is not None,
        **{"faults": {}, "said": None, "theirs": [], **shown},
    )


@offers_router.post("/{offer_id:uuid}/edit")
async def save_offer(desk: Editor, offer_id: UUID) -> Response:
    """Keep it up to date. Whoever saves later than somebody else sees what changed, and loses nothing."""
    form, now = await desk.form(), desk.request.app.state.clock.now()
    fields, etag = form.as_dict(), form.text("etag") or ""
    stored = await desk.services.ask("triage", "GET", f"/v1/services/{offer_id}")
    if stored.etag != etag:
        mine, theirs = fields, fields_of_offer(stored.body)
        differ = [name for name in theirs if theirs[name] != mine.get(name, [])]
        said = desk.texts["offers"]["refusals"]["stale-version"]
        shown = {"said": said, "theirs": [(name, theirs[name]) for name in differ]}
        return await _form(desk, stored.body, stored.etag or "", fields, status=412, **shown)
    offer, faults = offer_from(stored.body, fields, now, await _names(desk))
    if faults:
        told = {fault.field: fault.text for fault in faults}
        return await _form(desk, stored.body, etag, fields, status=422, faults=told)
    try:
        await desk.services.ask("triage", "PUT", f"/v1/services/{offer_id}", body=offer, if_match=etag)
    except Refused as refused:
        said = desk.texts["offers"]["refusals"].get(refused.answer_kind)
        if said is None:
            raise
        return await _form(desk, stored.body, etag, fields, status=refused.answer_status, said=said)
    return go_to(desk.request, f"/offers/{offer_id}")


async def _names(desk: Sitting) -> dict[str, dict[Any, str]]:
    needs = (await desk.services.get("triage", "/v1/needs"))["items"]
    return {
        "needs": {need["code"]: need["label"] for need in needs},
        "districts": desk.texts["contact"]["districts"],
        "units": desk.texts["offers"]["units"],
    }
