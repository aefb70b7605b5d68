"""The log of every access to personal data: written with each access, read by auditors."""
