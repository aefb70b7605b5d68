"""Flexfone's employee integration ("Medarbejderintegration i PBXAdmin"): a Danish exchange."""
