"""Everything that can be said against one contract, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.readers import read_from_filename
from openapi_spec_validator.shortcuts import get_validator_cls
from openapi_spec_validator.validation.exceptions import ValidatorDetectError

import specs
from contract_tests import foreign
from contract_tests.documents import sources
from contract_tests.documents.examples import wrong_examples

_REFUSALS = frozenset({"401", "403", "4XX", "default"})
_NOT_FOUND = frozenset({"404", "410", "4XX", "default"})


def findings(vendor: str) -> Iterator[str]:
    """Yield what is wrong with a vendor's contract; specs.UnknownVendor if there is none."""
    contract = specs.load(vendor)
    for error in OpenAPIV30SpecValidator(contract).iter_errors():
        yield f"not valid OpenAPI 3.0: {error.message}"
    yield from wrong_examples(contract)
    yield from _repeated(contract)
    yield from _silent(contract)
    for statement in sources.without_source(vendor):
        yield f"{statement} has no row in SOURCES.md"
    for row in sources.without_statement(vendor):
        yield f"the row {row} of SOURCES.md is about nothing in the contract"
    for row in sources.without_citation(vendor):
        yield f"the row {row} of SOURCES.md cites nothing"


def findings_of_file(path: Path) -> Iterator[str]:
    """Yield what is wrong with any OpenAPI document; foreign.BadContract if it is none at all."""
    contract = foreign.load(path)
    written, base = read_from_filename(str(path))
    yield from dict.fromkeys(_invalid(written, base))
    yield from wrong_examples(contract)
    yield from _repeated(written)
    yield from _silent(contract)


def _invalid(written: Mapping[str, Any], base: str) -> Iterator[str]:
    try:
        validator = get_validator_cls(written)
    except ValidatorDetectError:
        yield "names no version of OpenAPI that can be checked"
        return
    for error in validator(written, base_uri=base).iter_errors():
        place = "/".join(map(str, error.absolute_path))
        yield f"not valid OpenAPI: {error.message}{place and f' (at {place})'}"


def _repeated(contract: Mapping[str, Any]) -> Iterator[str]:
    operations = [
        (f"{method.upper()} {path}", item[method].get("operationId"))
        for path, item in contract["paths"].items()
        for method in specs.METHODS
        if isinstance(item, Mapping) and method in item
    ]
    for name, count in Counter(name for _, name in operations if name).items():
        if count > 1:
            yield f"the operationId {name} stands at {count} operations"
    for label, name in operations:
        if not name:
            yield f"{label} has no operationId"


def _silent(contract: Mapping[str, Any]) -> Iterator[str]:
    """Yield the answers that every such operation has, and that are not documented."""
    for path, item in contract["paths"].items():
        for method in specs.METHODS:
            if method in item:
                label = f"{method.upper()} {path}"
                statuses = {str(status) for status in item[method]["responses"]}
                if not any(status[0] in "23d" for status in statuses):
                    yield f"{label} documents no success"
                if _needs_credential(contract, item[method]) and not statuses & _REFUSALS:
                    yield f"{label} needs a credential, and documents no answer without one"
                found = any(status[0] == "2" for status in statuses)
                if path.endswith("}") and found and not statuses & _NOT_FOUND:
                    yield f"{label} takes an id, and documents no answer where there is none"


def _needs_credential(contract: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    ways = operation.get("security", contract.get("security")) or []
    return bool(ways) and {} not in ways
