"""Offers as the rules and citizens see them: whom they fit."""
