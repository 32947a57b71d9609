"""The street front: the only folder that knows ASGI, Starlette and Connexion."""

import warnings

# Connexion imports Starlette's test client, which warns of httpx at every start; not our client.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import connexion  # noqa: F401
