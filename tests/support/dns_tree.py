"""A signed tree of zones for tests: a root, the zone test., and many good and bad ones below."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from dns.dnssectypes import Algorithm, DSDigest
from dns.rdatatype import RdataType
from dns_tamper import Tamper, change, spoil_signature, strip, strip_signature
from peers import needs

ROOT_ADDRESS, TLD_ADDRESS, LEAF_ADDRESS = "127.53.0.1", "127.53.0.2", "127.53.0.3"
HOUR, DAY = 3600, 86_400

BODY = """
@ 300 IN SOA ns hostmaster 1 7200 900 1209600 300
@ 300 IN NS ns
@ 300 IN MX 10 mail
ns 300 IN A 127.53.0.3
mail 300 IN A 192.0.2.25
www 300 IN A 192.0.2.1
www 300 IN AAAA 2001:db8::1
a.ent 300 IN A 192.0.2.2
*.wild 300 IN A 192.0.2.3
exact.wild 300 IN A 192.0.2.4
*.cwild 300 IN CNAME www
alias 300 IN CNAME www
chain 300 IN CNAME alias
out 300 IN CNAME www.ed.test.
unsafe 300 IN CNAME www.plain.test.
bad 300 IN CNAME www.tampered.test.
gone 300 IN CNAME nothere
dn 300 IN DNAME target
x.target 300 IN A 192.0.2.5
un 300 IN NS ns
"""
LONG = f"long 300 IN TXT {' '.join(['x' * 250] * 4)}\n"
PLAIN_BODY = """
@ 300 IN SOA ns.test. hostmaster 1 7200 900 1209600 300
@ 300 IN NS ns.un.{above}
ns 300 IN A 127.53.0.3
www 300 IN A 192.0.2.9
"""

Keys = list[tuple[Any, Any]]


def key(algorithm: Algorithm, flags: int = 257) -> tuple[Any, Any]:
    made: Any = {
        Algorithm.RSASHA256: lambda: rsa.generate_private_key(65537, 1024),
        Algorithm.RSASHA512: lambda: rsa.generate_private_key(65537, 1024),
        Algorithm.RSASHA1: lambda: rsa.generate_private_key(65537, 1024),
        Algorithm.ECDSAP256SHA256: lambda: ec.generate_private_key(ec.SECP256R1()),
        Algorithm.ECDSAP384SHA384: lambda: ec.generate_private_key(ec.SECP384R1()),
        Algorithm.ED25519: ed25519.Ed25519PrivateKey.generate,
        Algorithm.ED448: ed448.Ed448PrivateKey.generate,
    }[algorithm]()
    return made, dns.dnssec.make_dnskey(made.public_key(), algorithm, flags=flags)


def ds_text(name: str, dnskey: Any, digest: DSDigest = DSDigest.SHA256) -> str:
    allowed = dns.dnssec.allow_all_policy
    return dns.dnssec.make_ds(name, dnskey, digest, policy=allowed).to_text()


@dataclass(frozen=True)
class Bough:
    """How one zone below test. is signed, and what the zone above says of it."""

    algorithm: Algorithm = Algorithm.ECDSAP256SHA256
    from_s: float = -2 * HOUR
    until_s: float = 30 * DAY
    tamper: Tamper | None = None
    ds: Callable[[str, Any], list[str]] = lambda zone, dnskey: [ds_text(zone, dnskey)]
    signed: bool = True
    split_keys: bool = False
    nsec3: tuple[str, ...] = ()


def no_ds(zone: str, dnskey: Any) -> list[str]:
    """Delegate without saying that anything is signed."""
    return []


def ds_of_another(zone: str, dnskey: Any) -> list[str]:
    """Vouch for a key that the zone does not have."""
    return [ds_text(zone, key(Algorithm.ED25519)[1])]


def _wrong(zone: str, dnskey: Any) -> str:
    tag, algorithm, digest_type, digest = ds_text(zone, dnskey).split()
    return f"{tag} {algorithm} {digest_type} {digest[::-1]}"


def _numbered(place: int, number: int) -> Callable[[str, Any], list[str]]:
    def ds(zone: str, dnskey: Any) -> list[str]:
        words = ds_text(zone, dnskey).split()
        words[place] = str(number)
        return [" ".join(words)]

    return ds


BOUGHS: Mapping[str, Bough] = {
    "ec": Bough(),
    "rsa": Bough(Algorithm.RSASHA256, split_keys=True),
    "ed": Bough(Algorithm.ED25519),
    "nsec3": Bough(nsec3=("-t", "5", "-s", "abcd")),
    "optout": Bough(nsec3=("-t", "0", "-p")),
    "ec384": Bough(Algorithm.ECDSAP384SHA384),
    "ed448": Bough(Algorithm.ED448),
    "rsa512": Bough(Algorithm.RSASHA512),
    "often": Bough(nsec3=("-t", "151", "-s", "01")),
    "just": Bough(nsec3=("-t", "150", "-s", "01")),
    "expired": Bough(from_s=-30 * DAY, until_s=-DAY),
    "late": Bough(from_s=-30 * DAY, until_s=-600),
    "future": Bough(from_s=DAY, until_s=30 * DAY),
    "early": Bough(from_s=600, until_s=30 * DAY),
    "tampered": Bough(tamper=spoil_signature(RdataType.A, "www")),
    "changed": Bough(tamper=change("www", RdataType.A, "192.0.2.66")),
    "wrongds": Bough(ds=lambda zone, dnskey: [_wrong(zone, dnskey)]),
    "spare": Bough(ds=lambda zone, dnskey: [_wrong(zone, dnskey), ds_text(zone, dnskey)]),
    "sha1": Bough(ds=lambda zone, dnskey: [ds_text(zone, dnskey, DSDigest.SHA1)]),
    "sha384": Bough(ds=lambda zone, dnskey: [ds_text(zone, dnskey, DSDigest.SHA384)]),
    "down": Bough(
        ds=lambda zone, dnskey: [
            ds_text(zone, dnskey, DSDigest.SHA1),
            _wrong(zone, dnskey),
        ]
    ),
    "algorithm": Bough(ds=_numbered(1, 200)),
    "digest": Bough(ds=_numbered(2, 200)),
    "tag": Bough(ds=_numbered(0, 1)),
    "bare": Bough(signed=False, ds=ds_of_another),
    "plain": Bough(signed=False, ds=no_ds),
    "island": Bough(ds=no_ds),
    "nokeysig": Bough(tamper=strip_signature(RdataType.DNSKEY)),
    "badkeysig": Bough(tamper=spoil_signature(RdataType.DNSKEY)),
    "nosig": Bough(tamper=strip_signature(RdataType.A)),
    "nsecless": Bough(tamper=strip(RdataType.NSEC)),
    "badnsec": Bough(tamper=spoil_signature(RdataType.NSEC)),
    "nsecnosig": Bough(tamper=strip_signature(RdataType.NSEC)),
    "badsoa": Bough(tamper=spoil_signature(RdataType.SOA)),
    "nosoasig": Bough(tamper=strip_signature(RdataType.SOA)),
    "badns": Bough(tamper=spoil_signature(RdataType.NS)),
    "badcname": Bough(tamper=spoil_signature(RdataType.CNAME)),
    "baddname": Bough(tamper=spoil_signature(RdataType.DNAME)),
}


@dataclass
class Tree:
    """Zone files by server address, and the anchor that opens them."""

    folder: Path
    anchor: str = ""
    now: float = field(default_factory=time.time)
    zones: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, address: str, zone: str, text: str) -> None:
        path = self.folder / f"{zone.rstrip('.') or 'root'}.zone"
        path.write_text(text)
        self.zones.setdefault(address, {})[zone] = str(path)


def build_tree(folder: Path) -> Tree:
    """Make and sign all zones."""
    tree = Tree(folder)
    delegations = [_grow(tree, name, bough) for name, bough in BOUGHS.items()]
    top = "@ 300 IN SOA ns hostmaster 1 7200 900 1209600 300\n@ 300 IN NS ns\nns 300 IN A "
    test_key, root_key = key(Algorithm.ECDSAP256SHA256), key(Algorithm.ECDSAP256SHA256)
    test = top + TLD_ADDRESS + "\n" + "".join(delegations)
    tree.add(TLD_ADDRESS, "test.", _signed("test.", test, [test_key], Bough()))
    root = (
        f"{top}{ROOT_ADDRESS}\ntest 300 IN NS ns.test\nns.test 300 IN A {TLD_ADDRESS}\n"
        f"test 300 IN DS {ds_text('test.', test_key[1])}\n"
    )
    tree.add(ROOT_ADDRESS, ".", _signed(".", root, [root_key], Bough()))
    tree.anchor = f". IN DS {ds_text('.', root_key[1])}"
    return tree


def _grow(tree: Tree, name: str, bough: Bough) -> str:
    """Make one zone and its unsigned child; return what test. says of it."""
    zone = f"{name}.test."
    tree.add(LEAF_ADDRESS, f"un.{zone}", f"$ORIGIN un.{zone}\n{PLAIN_BODY.format(above=zone)}")
    if bough.nsec3:
        text, ds = _signed_by_ldns(tree.folder, zone, bough)
    else:
        keys = _keys(bough) if bough.signed else []
        text = _signed(zone, BODY + LONG, keys, bough)
        ds = bough.ds(zone, keys[0][1] if keys else None)
    tree.add(LEAF_ADDRESS, zone, text)
    lines = [f"{name} 300 IN NS ns.{zone}", f"ns.{name} 300 IN A {LEAF_ADDRESS}"]
    return "\n".join([*lines, *(f"{name} 300 IN DS {one}" for one in ds)]) + "\n"


def _keys(bough: Bough) -> Keys:
    if bough.split_keys:
        return [key(bough.algorithm, 257), key(bough.algorithm, 256)]
    return [key(bough.algorithm)]


def _signed(origin: str, text: str, keys: Keys, bough: Bough) -> str:
    zone = dns.zone.from_text(text, origin, relativize=True)
    if keys:
        now = time.time()
        dns.dnssec.sign_zone(
            zone,
            keys=keys,
            dnskey_ttl=300,
            inception=int(now + bough.from_s),
            expiration=int(now + bough.until_s),
        )
    if bough.tamper:
        bough.tamper(zone)
    return f"$ORIGIN {origin}\n{zone.to_text(relativize=True)}"


def _signed_by_ldns(folder: Path, zone: str, bough: Bough) -> tuple[str, list[str]]:
    """Sign with NSEC3, which dnspython cannot."""
    keygen, signzone = needs("ldns-keygen", "ldns-signzone")
    made = subprocess.run(
        [keygen, "-a", "ECDSAP256SHA256", "-k", zone],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    stem = made.stdout.strip()
    path = folder / f"{zone}unsigned"
    path.write_text(f"$ORIGIN {zone}\n{BODY}")
    dates = [f"{int(time.time() + bough.from_s)}", f"{int(time.time() + bough.until_s)}"]
    command = [signzone, "-n", *bough.nsec3, "-i", dates[0], "-e", dates[1], "-o", zone]
    signed = folder / f"{zone}signed"
    subprocess.run(
        [*command, "-f", str(signed), str(path), stem],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    words = (folder / f"{stem}.ds").read_text().split()
    return signed.read_text(), [" ".join(words[words.index("DS") + 1 :])]
