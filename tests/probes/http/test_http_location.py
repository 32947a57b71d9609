"""URLs and Location fields: one reading of each, or a plain refusal."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probes.http.location import SchemeClosed, UrlInvalid, read_location, read_url


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("http://a", "http://a/"),
        ("HTTP://A.Test:80/x?y#z", "http://a.test/x?y"),
        ("https://a:8443/", "https://a:8443/"),
        ("https://[::1]:443/", "https://[::1]/"),
        ("http://bücher.test/ü?ö=ä b", "http://xn--bcher-kva.test/%C3%BC?%C3%B6=%C3%A4%20b"),
        ("http://a/%41%zz?[1]", "http://a/%41%zz?[1]"),
        ("http://a.test./", "http://a.test./"),
    ],
)
def test_a_url_is_written_anew(text: str, written: str) -> None:
    assert str(read_url(text)) == written
    assert str(read_url(written)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "//a",
        "ftp://a/",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http:a",
        "http://u:p@a/",
        "http://a:0/",
        "http://a:65536/",
        "http://a:x/",
        "http://[::1/",
        "http://[v1.a]/",
        "http://a b/",
        "http://a\t/",
        "http://a\n.b/",
        " http://a/",
        "http://a\\@b/",
        "http://a..b/",
        "http://-a/",
        "http://" + "a" * 64 + "/",
        "http://a/" + "a" * 9000,
        "http://a%00b/",
        "http://a<b/",
        "http://a/\udc80",
        "http://[127.0.0.1]/",
        "http://[fe80::1%25eth0]/",
    ],
)
def test_what_is_no_url(text: str) -> None:
    with pytest.raises(UrlInvalid):
        read_url(text)


def test_another_scheme_is_told_apart() -> None:
    with pytest.raises(SchemeClosed, match="'gopher'"):
        read_url("gopher://a/")


@pytest.mark.parametrize(
    ("location", "to"),
    [
        ("/c", "http://h.test:81/c"),
        ("c", "http://h.test:81/a/c"),
        ("../c", "http://h.test:81/c"),
        ("?q", "http://h.test:81/a/b?q"),
        ("#f", "http://h.test:81/a/b?x"),
        ("//i/", "http://i/"),
        ("https://i", "https://i/"),
        ("http://u:p@i/", "http://i/"),
        ("/\xc3\xbc", "http://h.test:81/%C3%83%C2%BC"),
    ],
)
def test_where_a_location_leads(location: str, to: str) -> None:
    assert str(read_location(location, read_url("http://h.test:81/a/b?x"))) == to


@given(
    st.text(max_size=60) | st.text("htps:/@[]\\?#%.0127aZ\t ", max_size=30).map("http://".__add__)
)
@example("http://[fe80::1%eth0]/")
@example("http://[::1]x/")
def test_garbage_raises_one_error_only(text: str) -> None:
    at = read_url("http://h/")
    for read in (read_url, lambda text: read_location(text, at)):
        try:
            url = read(text)
        except UrlInvalid:
            continue
        assert url.scheme in ("http", "https")
        assert 0 < url.port < 65_536
        again = read_url(str(url))
        assert (again.host, again.port) == (url.host, url.port)
        assert str(url).isascii()
