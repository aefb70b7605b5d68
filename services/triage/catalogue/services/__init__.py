"""Offers as services of HSDS."""
