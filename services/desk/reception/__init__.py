"""The reception's own thinking: a form, and what it says to the services. Nothing here knows the web."""
