"""Which errors of a database mean that it is out of reach, so that the caller may come again."""

import pytest
from sqlalchemy.exc import DBAPIError

from shared.database import is_out_of_reach


class DriverError(Exception):
    """An error of the driver, with PostgreSQL's code."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("connection was closed in the middle of operation")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [("08003", True), ("08006", True), ("57P01", True), ("53300", True), ("23505", False), ("", False)],
)
def test_a_connection_that_was_lost_is_an_outage_and_a_wrong_statement_is_none(
    sqlstate: str, expected: bool
) -> None:
    assert is_out_of_reach(DBAPIError("SELECT 1", None, DriverError(sqlstate))) is expected
