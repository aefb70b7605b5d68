"""Events of Asterisk's manager interface, AMI (docs/asterisk.md)."""
