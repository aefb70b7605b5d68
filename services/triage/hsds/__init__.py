"""The catalogue of offers in the form of Open Referral's Human Services Data Specification (HSDS) 3.1."""
