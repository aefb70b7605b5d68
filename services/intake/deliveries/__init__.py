"""Deliveries for operations, and the job that interprets them."""
