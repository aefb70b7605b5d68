"""All taxonomies and terms: the city's own, and those that imported offers brought."""

from uuid import UUID

from services.triage.catalogue.city_terms import city_terms
from services.triage.catalogue.schemas import Document, document_of
from services.triage.catalogue.taxonomies import repository
from shared.unit_of_work import UnitOfWork


async def all_terms(work: UnitOfWork) -> list[Document]:
    """Every term, the city's first."""
    city = city_terms().terms
    stored = await repository.terms_of_offers(work.session)
    return [*map(document_of, city.values()), *(term for term in stored if UUID(term["id"]) not in city)]


async def all_taxonomies(work: UnitOfWork) -> list[Document]:
    """Every taxonomy, the city's first; others as far as a stored term has its taxonomy nested in it."""
    city = [document_of(taxonomy) for taxonomy in city_terms().taxonomies.values()]
    known = {taxonomy["id"] for taxonomy in city}
    others = {
        taxonomy["id"]: taxonomy
        for term in await repository.terms_of_offers(work.session)
        if (taxonomy := term.get("taxonomy_detail")) is not None and taxonomy["id"] not in known
    }
    return [*city, *others.values()]


def taxonomy_of(term: Document) -> str | None:
    """The id of the term's taxonomy, whether it is nested in the term or named."""
    nested: Document = term.get("taxonomy_detail") or {}
    found: str | None = nested.get("id") or term.get("taxonomy_id")
    return found
