"""ngrok: application sessions and the users they belong to."""

from __future__ import annotations

from mockserver.core.rate_limit import Quota, RollingWindow
from mockserver.core.vendor import Vendor
from mockserver.vendors.ngrok import handlers
from mockserver.vendors.ngrok.authentication import authenticate
from mockserver.vendors.ngrok.backend import NgrokBackend
from mockserver.vendors.ngrok.errors import request_id, word_error
from mockserver.vendors.ngrok.factories import populate
from mockserver.vendors.ngrok.model import ENDPOINT, EXPIRY, SESSION, USER
from mockserver.vendors.ngrok.site import site

vendor = Vendor(
    name="ngrok",
    title="ngrok application sessions",
    hosts=("api.ngrok.com",),
    default_key="mock_ngrok_key",
    credential="Authorization: Bearer mock_ngrok_key, Ngrok-Version: 2",
    curl=(
        "curl -H 'Authorization: Bearer {key}' -H 'Ngrok-Version: 2' '{base}/app/sessions?limit=2'"
    ),
    handlers=handlers,
    backend=NgrokBackend,
    populate=populate,
    authenticate=authenticate,
    word_error=word_error,
    kinds=(SESSION, USER, ENDPOINT, EXPIRY),
    site=site,
    quotas=(Quota("ngrok", RollingWindow, 120),),
    request_id=request_id,
    request_id_header="ngrok-operation-id",
)
