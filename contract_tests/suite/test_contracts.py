"""The contracts themselves: valid, understood to the last keyword, traceable, well exemplified."""

from __future__ import annotations

from openapi_spec_validator import validate

import specs
from contract_tests.documents import sources
from contract_tests.documents.examples import wrong_examples


def test_it_is_valid_openapi(vendor: str) -> None:
    """The resolved document is valid OpenAPI 3.0."""
    validate(specs.load(vendor))


def test_every_statement_has_a_source(vendor: str) -> None:
    """Each operation, parameter, status, schema and field has a row in SOURCES.md."""
    assert not sources.without_source(vendor)


def test_every_source_has_a_statement(vendor: str) -> None:
    """No row of SOURCES.md is about something that the contract does not say."""
    assert not sources.without_statement(vendor)


def test_every_row_cites_a_document_or_a_decision(vendor: str) -> None:
    """A row without a source would be a claim."""
    assert not sources.without_citation(vendor)


def test_every_example_fits_its_schema(vendor: str) -> None:
    """Examples of parameters, bodies and answers are valid."""
    assert not wrong_examples(specs.load(vendor))


def test_operation_ids_are_unique(vendor: str) -> None:
    """Connexion would silently serve the last one for all."""
    ids = [row.operation_id for row in specs.operations(vendor)]
    assert len(set(ids)) == len(ids)
