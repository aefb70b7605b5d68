"""The places where offers are (HSDS service_at_location)."""
