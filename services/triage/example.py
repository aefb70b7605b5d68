"""The example city's offers, loaded where there are none yet."""

from services.triage import repository
from services.triage.catalogue import load_offers
from shared.work import Work


async def load_example(work: Work) -> None:
    """Store the offers of `example/offers.yaml`, unless somebody made a catalogue already."""
    if not await repository.has_offers(work.session):
        await repository.add_offers(work.session, load_offers())
