"""Taxonomies and terms."""
