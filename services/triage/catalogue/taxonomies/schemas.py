"""Taxonomies and terms of HSDS, page by page."""

from services.triage.catalogue.schemas import PageOut, Taxonomy, TaxonomyTerm


class TaxonomyPage(PageOut):
    contents: list[Taxonomy]


class TermPage(PageOut):
    contents: list[TaxonomyTerm]
