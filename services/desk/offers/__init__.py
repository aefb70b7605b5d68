"""The offers' own thinking: HSDS documents as forms, and forms as documents. Nothing here knows the web."""
