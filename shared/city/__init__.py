"""What a city configures once for all services: its units, districts, postcodes and needs."""
