"""Errors quote servers, and servers repeat what they were told: no password is shown."""

from mockserver.vendors.thousandeyes.measuring.masking import masked

PAGE = "web/ftp-server"


def told(entry, secrets, url="ftp://files.example/"):
    test = {"secrets": secrets, "settings": {"url": url}}
    return masked({PAGE: [entry]}, test)[PAGE][0]


def test_a_password_that_a_server_repeats_is_not_shown():
    entry = told({"errorDetails": "530 no PASS hush hush"}, {"password": "hush"})
    assert entry == {"errorDetails": "530 no PASS *** ***"}


def test_the_password_of_an_address_is_not_shown():
    entry = told({"problemDetail": "cannot read u:pw@"}, {}, "http://u:pw@host/")
    assert entry == {"problemDetail": "cannot read u:***@"}


def test_other_words_stay():
    entry = {"errorDetails": "refused", "headers": "hush"}
    assert told(entry, {"password": "hush", "clientCertificate": ""}) == entry
