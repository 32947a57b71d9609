"""Everything that can be said against one contract, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_spec_validator import OpenAPIV30SpecValidator

import specs
from contract_tests import sources
from contract_tests.examples import wrong_examples


def findings(vendor: str) -> Iterator[str]:
    """Yield what is wrong with a vendor's contract; specs.UnknownVendor if there is none."""
    contract = specs.load(vendor)
    for error in OpenAPIV30SpecValidator(contract).iter_errors():
        yield f"not valid OpenAPI 3.0: {error.message}"
    yield from wrong_examples(contract)
    for statement in sources.without_source(vendor):
        yield f"{statement} has no row in SOURCES.md"
    for row in sources.without_statement(vendor):
        yield f"the row {row} of SOURCES.md is about nothing in the contract"
    for row in sources.without_citation(vendor):
        yield f"the row {row} of SOURCES.md cites nothing"
