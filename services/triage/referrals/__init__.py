"""Referrals of contacts to offers, and what became of them."""
