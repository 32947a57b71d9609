"""WispHub: ping tasks towards the devices of an internet provider's clients."""

from __future__ import annotations

from mockserver.core.vendor import Vendor
from mockserver.vendors.wisphub import handlers
from mockserver.vendors.wisphub.authentication import authenticate
from mockserver.vendors.wisphub.backend import WisphubBackend
from mockserver.vendors.wisphub.errors import word_error
from mockserver.vendors.wisphub.factories import populate
from mockserver.vendors.wisphub.jobs import ping_job
from mockserver.vendors.wisphub.model import PING, SERVICE, TASK

vendor = Vendor(
    name="wisphub",
    title="WispHub ping",
    hosts=("api.wisphub.com",),
    default_key="mock-wisphub-token",
    credential="Authorization: Bearer mock-wisphub-token",
    curl=(
        "curl -X POST -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' "
        "-d '{{\"pings\": 4}}' '{base}/api/v1/12345/ping/'"
    ),
    handlers=handlers,
    backend=WisphubBackend,
    populate=populate,
    authenticate=authenticate,
    word_error=word_error,
    kinds=(SERVICE, TASK),
    jobs={PING: ping_job},
    redirects_to_slash=True,
)
