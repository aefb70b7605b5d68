"""The canonical form (api.md): call events as JSON."""
