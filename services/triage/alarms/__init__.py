"""The same concern come again: told by the set of contacts, ended by a person."""
