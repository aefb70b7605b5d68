"""What a caseworker sends to start a deadline."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class StartClockBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str = Field(
        max_length=60, pattern=r"^[a-z0-9_]+$", description="Which deadline", examples=["child_assessment"]
    )
    starts_at: AwareDatetime | None = Field(
        None, description="When the need became known; default now", examples=["2026-03-09T14:00:00+01:00"]
    )
