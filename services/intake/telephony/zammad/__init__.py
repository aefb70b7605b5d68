"""Zammad's generic CTI: the requests that telephone systems send to Zammad."""
