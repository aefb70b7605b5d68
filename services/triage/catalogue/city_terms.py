"""The city's own taxonomies: needs, KLE numbers, the indsatstrappe, and with or without self-referral.

Their ids follow from their codes, so that they are the same in every installation and after every start.
"""

from functools import cache, cached_property
from uuid import NAMESPACE_URL, UUID, uuid5

from services.triage.catalogue.offers.texts import CatalogueTexts, load_texts
from services.triage.catalogue.schemas import Attribute, Taxonomy, TaxonomyTerm
from shared.city.current import city
from shared.city.needs import STEPS, NeedVocabulary, Step
from shared.vocabulary import Need

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:dsi:taxonomy")

NEEDS, KLE, STAIR, ACCESS = "needs", "kle", "steps", "access"


def taxonomy_id(taxonomy: str) -> UUID:
    """The id of one of the city's taxonomies."""
    return uuid5(_NAMESPACE, taxonomy)


def term_id(taxonomy: str, code: str) -> UUID:
    """The id of a term of one of the city's taxonomies."""
    return uuid5(_NAMESPACE, f"{taxonomy}/{code}")


NEED_TERMS: dict[UUID, Need] = {term_id(NEEDS, need): need for need in Need}
STEP_TERMS: dict[UUID, Step] = {term_id(STAIR, step): step for step in STEPS}


class CityTerms:
    """The city's taxonomies and terms, in Danish."""

    def __init__(self, vocabulary: NeedVocabulary, texts: CatalogueTexts) -> None:
        self._vocabulary, self._texts = vocabulary, texts

    @cached_property
    def taxonomies(self) -> dict[UUID, Taxonomy]:
        """All of them by id."""
        return {
            taxonomy_id(code): Taxonomy(
                id=taxonomy_id(code), name=text.name, description=text.description, uri=f"urn:dsi:{code}"
            )
            for code, text in self._texts.taxonomies.items()
        }

    @cached_property
    def terms(self) -> dict[UUID, TaxonomyTerm]:
        """All of them by id, needs first."""
        needs = self._vocabulary.needs
        made = [self._term(NEEDS, entry.code, entry.label) for entry in needs]
        numbers: dict[str, list[str]] = {}
        for entry in needs:
            for kle in entry.kle:
                numbers.setdefault(kle.number, []).append(entry.label)
        made += [self._term(KLE, number, "; ".join(labels)) for number, labels in sorted(numbers.items())]
        made += [self._term(STAIR, step, self._texts.steps[step]) for step in STEPS]
        made += [self._term(ACCESS, code, name) for code, name in self._texts.access.items()]
        return {term.id: term for term in made}

    @cached_property
    def kle(self) -> frozenset[UUID]:
        """The terms that are KLE numbers."""
        return frozenset(id_ for id_, term in self.terms.items() if term.taxonomy_id == taxonomy_id(KLE))

    def _term(self, taxonomy: str, code: str, name: str) -> TaxonomyTerm:
        whole = self.taxonomies[taxonomy_id(taxonomy)]
        return TaxonomyTerm(
            id=term_id(taxonomy, code),
            code=code,
            # A KLE number can belong to many needs; the description has room for all their labels.
            name=name if len(name) <= 200 else f"{name[:199]}…",
            description=name,
            taxonomy=whole.name,
            taxonomy_id=whole.id,
            language="da",
            term_uri=f"urn:dsi:{taxonomy}:{code}",
        )

    def attribute(self, of: UUID, term: UUID) -> Attribute:
        """An entity's attribute with one of the city's terms, the term nested."""
        return Attribute(
            id=uuid5(of, str(term)),
            link_id=of,
            link_entity="service",
            taxonomy_term_id=term,
            taxonomy_term=self.terms[term],
        )

    def kle_of(self, need: Need) -> list[UUID]:
        """The terms of the need's KLE numbers."""
        return [term_id(KLE, kle.number) for kle in self._vocabulary.by_code[need].kle]


@cache
def city_terms() -> CityTerms:
    """The terms of the vocabulary and the texts that triage runs with."""
    return CityTerms(city().needs, load_texts())
