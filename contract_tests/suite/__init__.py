"""The suite: `pytest --pyargs contract_tests.suite` holds the stand-in to every contract."""
