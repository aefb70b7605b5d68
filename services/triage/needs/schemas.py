"""The vocabulary of needs as it is answered."""

from pydantic import BaseModel, Field

from shared.city.needs import KleNumber, Step
from shared.vocabulary import Need


class NeedOut(BaseModel):
    """A need code with its Danish label, KLE numbers (by age where they differ) and lowest step."""

    code: Need
    label: str = Field(examples=["Gældsrådgivning"])
    kle: tuple[KleNumber, ...]
    step: Step | None
