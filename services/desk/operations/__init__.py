"""Operations: the state now, a day against usual days, and faults between the systems."""
