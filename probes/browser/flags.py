"""What Chromium is started with: everything through the guard, nothing of its own accord."""

from probes.browser.address import PageAddress
from probes.browser.settings import BrowserSettings

# A host that no name system knows (RFC 6761, section 6.4), should anything ask for it after all.
_NOWHERE = "https://browser.invalid/"

# A later --disable-features replaces an earlier one, so what playwright switches off for good
# reasons is named again here. Without site isolation a frame of another site is recorded with
# its page; the profile holds nothing that one site could steal from another.
_FEATURES_OFF = (
    "AimEnabled",
    "AutofillServerCommunication",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "CertificateTransparencyComponentUpdater",
    "DestroyProfileOnBrowserClose",
    "DialMediaRouteProvider",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "InterestFeedContentSuggestions",
    "IsolateOrigins",
    "LensOverlay",
    "LoadingPredictor",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "Translate",
    # Would hide addresses that no page gets to see anyway, by joining the mDNS group.
    "WebRtcHideLocalIpsWithMdns",
    "site-per-process",
)

_ALWAYS = (
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-client-side-phishing-detection",
    "--disable-site-isolation-trials",
    "--dns-prefetch-disable",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--disable-shared-workers",
    "--allow-browser-signin=false",
    f"--component-updater=url-source={_NOWHERE}",
    f"--gaia-url={_NOWHERE}",
    f"--disable-features={','.join(_FEATURES_OFF)}",
)


def flags(
    settings: BrowserSettings, page: PageAddress, guard_port: int, trusted_key: str | None
) -> list[str]:
    """Word the command line; `trusted_key` is the base64 SHA-256 of a key already verified."""
    own = [
        f"--proxy-server=socks5://127.0.0.1:{guard_port}",
        # Chromium closes some ports to all pages; the one that was asked for is open.
        f"--explicitly-allowed-ports={page.port}",
    ]
    if settings.http_version == 1:
        own.append("--disable-http2")
    if trusted_key:
        own.append(f"--ignore-certificate-errors-spki-list={trusted_key}")
    return [*_ALWAYS, *own]
