"""The catalogue of offers, in the form of HSDS 3.1 (Open Referral's Human Services Data Specification)."""
