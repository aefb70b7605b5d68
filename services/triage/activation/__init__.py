"""How a draft comes into force: proof, simulation, activation by a second person."""
