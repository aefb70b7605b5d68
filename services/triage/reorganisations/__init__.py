"""What a reorganisation in routing asks: whose facts fit, and which rules name a unit."""
