"""Phones: which member of staff uses which phone, and the calls at one's own phone, live."""
