"""The Danish texts of the catalogue, from a file."""

from functools import lru_cache
from pathlib import Path

import yaml

from services.triage.strict import Strict
from shared.city.current import city

TEXTS_FILE = Path(__file__).parents[2] / "texts" / "catalogue.yaml"


class TaxonomyText(Strict):
    """What one of the city's taxonomies is called."""

    name: str
    description: str


class CatalogueTexts(Strict):
    """The names of taxonomies, steps and languages, and the sentences on why an offer fits, or does not."""

    taxonomies: dict[str, TaxonomyText]
    steps: dict[str, str]
    access: dict[str, str]
    whole_city: tuple[str, ...]
    languages: dict[str, str]
    fits: dict[str, str]
    fits_not: dict[str, str]
    ages: dict[str, str]


@lru_cache
def district_names() -> dict[int, str]:
    """What each bydel is called."""
    return dict(city().places.names)


@lru_cache
def load_texts() -> CatalogueTexts:
    """Read the texts. Raises pydantic.ValidationError when one is missing."""
    return CatalogueTexts.model_validate(yaml.safe_load(TEXTS_FILE.read_text(encoding="utf-8")))
