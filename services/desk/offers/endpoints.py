"""The catalogue of offers: found, read aloud, and edited."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.api_models import Listing
from services.desk.form import Fields
from services.desk.offers.editing import STATUSES, fields_of_offer, offer_from
from services.desk.offers.read_aloud import offer_lines
from services.desk.offers.schemas import HsdsDocument, OfferPage, OfferWithChanges, ReferralOutcomes
from services.desk.offers.week import DAYS, week_of
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.session import PEOPLE
from services.desk.triage_models import Need
from shared.vocabulary import Role

offers_router = APIRouter(prefix="/offers")

Reader = Annotated[PageRequest, signed_in(*PEOPLE)]
Editor = Annotated[PageRequest, signed_in(Role.RULES_EDITOR)]
#: So many offers are read; the page has those that fit.
_MOST = 200
_HIGHEST_AGE = 130


@offers_router.get("", name="offers")
async def list_offers(page: Reader) -> Response:
    """All of them."""
    return await _list(page, {})


@offers_router.post("")
async def search_offers(page: Reader) -> Response:
    """Those that fit. For whom is in the body, never in an address."""
    return await _list(page, (await page.form()).as_dict())


async def _list(page: PageRequest, fields: Fields) -> Response:
    wanted = {name: next(iter(texts), None) for name, texts in fields.items()}
    age = wanted.get("age")
    fault = age is not None and not (age.isdecimal() and age.isascii() and int(age[:4]) <= _HIGHEST_AGE)
    found, needs = await asyncio.gather(
        page.services.get(
            *("triage", "/v1/services", OfferPage),
            full="true",
            per_page=_MOST,
            search=wanted.get("words"),
            need=wanted.get("need"),
            age=None if fault else age,
        ),
        _needs(page),
    )
    open_now, has_room = bool(wanted.get("open_now")), bool(wanted.get("has_room"))
    return page.render(
        "offers.html",
        status=422 if fault else 200,
        offers=[
            offer
            for offer in found.contents
            if offer.fits(wanted.get("district"), open_now=open_now, has_room=has_room)
        ],
        fields=fields,
        needs=needs,
        need_names={need.code: need.label for need in needs},
        left_off=found.total_items - len(found.contents),
        fault=fault,
    )


async def _needs(page: PageRequest) -> list[Need]:
    return (await page.services.get("triage", "/v1/needs", Listing[Need])).items


@offers_router.get("/{offer_id:uuid}", name="offer")
async def show_offer(page: Reader, offer_id: UUID) -> Response:
    """One offer, to be read aloud, and what became of those who were referred to it."""
    offer, outcomes, needs = await asyncio.gather(
        page.services.get("triage", f"/v1/services/{offer_id}", OfferWithChanges),
        page.services.get("triage", f"/v1/services/{offer_id}/outcomes", ReferralOutcomes),
        _needs(page),
    )
    return page.render(
        "offer.html",
        offer=offer,
        lines=offer_lines(offer, page.texts["contact"]["aloud"]),
        outcomes=outcomes,
        need_names={need.code: need.label for need in needs},
    )


@offers_router.get("/{offer_id:uuid}/edit", name="offer_edit")
async def edit_offer(page: Editor, offer_id: UUID) -> Response:
    """The offer as a form."""
    stored = await page.services.fetch("triage", f"/v1/services/{offer_id}", HsdsDocument)
    return await _form(page, stored.content, stored.etag or "", fields_of_offer(stored.content))


async def _form(
    page: PageRequest, offer: HsdsDocument, etag: str, fields: Fields, *, status: int = 200, **more: Any
) -> Response:
    return page.render(
        "offer_edit.html",
        status=status,
        offer=offer,
        etag=etag,
        fields=fields,
        needs=await _needs(page),
        days=DAYS,
        statuses=STATUSES,
        simple_hours=week_of(offer.get("schedules", ())) is not None,
        **{"faults": {}, "message": None, "theirs": [], **more},
    )


@offers_router.post("/{offer_id:uuid}/edit")
async def save_offer(page: Editor, offer_id: UUID) -> Response:
    """Store the form. After a colleague's change the page has both, and nothing is lost."""
    form, refusals = await page.form(), page.texts["offers"]["refusals"]
    fields, etag = form.as_dict(), form.text("etag") or ""
    stored = await page.services.fetch("triage", f"/v1/services/{offer_id}", HsdsDocument)
    if stored.etag != etag:
        theirs = fields_of_offer(stored.content)
        differ = [(name, texts) for name, texts in theirs.items() if texts != fields.get(name, [])]
        more = {"message": refusals["stale-version"], "theirs": differ}
        return await _form(page, stored.content, stored.etag or "", fields, status=412, **more)
    offer, faults = offer_from(stored.content, fields, page.now, await _names(page))
    if faults:
        at_fields = {fault.field: fault.text for fault in faults}
        return await _form(page, stored.content, etag, fields, status=422, faults=at_fields)
    try:
        await page.services.send("triage", "PUT", f"/v1/services/{offer_id}", offer, if_match=etag)
    except Refused as refused:
        message = refusals.get(refused.answer_kind)
        if message is None:
            raise
        return await _form(page, stored.content, etag, fields, status=refused.answer_status, message=message)
    return page.redirect(f"/offers/{offer_id}")


async def _names(page: PageRequest) -> Mapping[str, Mapping[Any, str]]:
    return {
        "needs": {need.code: need.label for need in await _needs(page)},
        "districts": page.texts["contact"]["districts"],
        "units": page.texts["offers"]["units"],
    }
