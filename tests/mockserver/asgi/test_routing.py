"""The table of routes: literal parts win, parameters take one part, the final slash counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.asgi.routing import Place, RouteTable

SEGMENT = st.sampled_from(["a", "b", "{x}", "{y}"])
PATHS = st.lists(SEGMENT, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))


def table(*paths: str) -> RouteTable[str]:
    routes: RouteTable[str] = RouteTable()
    for path in paths:
        routes.add(path, "get", path)
    return routes


def segments(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[1:])


def found(routes: RouteTable[str], path: str) -> str | None:
    place = routes.find(segments(path))
    return place.methods["GET"] if place else None


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/agents", "/agents"),
        ("/agents/7", "/agents/{id}"),
        ("/agents/me", "/agents/me"),
        ("/agents/7/status", "/agents/{id}/status"),
        ("/agents/7/other", "/agents/{id}/{what}"),
        ("/agents/", None),
        ("/agents//status", None),
        ("/agents/7/status/", None),
        ("/Agents", None),
        ("/", None),
        ("//agents", None),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_literal_part_wins_whatever_the_order(path: str, route: str | None, turn: int) -> None:
    paths = ["/agents/{id}/{what}", "/agents/{id}", "/agents", "/agents/me", "/agents/{id}/status"]
    assert found(table(*paths[::turn]), path) == route


@pytest.mark.parametrize("path", ["/ping/", "/{id}/", "/api//{id}/"])
def test_a_final_slash_and_an_empty_part_belong_to_the_path(path: str) -> None:
    routes, concrete = table(path), path.replace("{id}", "7")
    assert found(routes, concrete) == path
    assert found(routes, concrete.rstrip("/")) is None


def test_the_root_is_a_path_like_any_other() -> None:
    assert found(table("/"), "/") == "/"


@given(value=st.text(min_size=1).filter(lambda text: "/" not in text))
def test_a_parameter_takes_any_part(value: str) -> None:
    place = table("/agents/{id}/status").find(("agents", value, "status"))
    assert place is not None
    assert place.values(("agents", value, "status")) == {"id": value}


def test_a_parameter_may_hold_a_decoded_slash() -> None:
    place = table("/agents/{id}").find(("agents", "a/b"))
    assert place is not None
    assert place.values(("agents", "a/b")) == {"id": "a/b"}


def test_several_parameters_are_told_apart_by_their_place() -> None:
    place = table("/{a}/x/{b}").find(("1", "x", "2"))
    assert place is not None
    assert place.values(("1", "x", "2")) == {"a": "1", "b": "2"}


@given(paths=st.sets(PATHS, min_size=1, max_size=6), wanted=PATHS)
def test_what_is_found_always_fits(paths: set[str], wanted: str) -> None:
    concrete = wanted.replace("{x}", "1").replace("{y}", "2")
    route = found(table(*sorted(paths)), concrete)
    fits = [path for path in paths if _fits(path, concrete)]
    assert (route is not None) == bool(fits)
    if route is not None:
        assert route.count("{") == min(path.count("{") for path in fits)


def _fits(path: str, concrete: str) -> bool:
    pairs = list(zip(segments(path), segments(concrete), strict=False))
    same_length = len(segments(path)) == len(segments(concrete))
    return same_length and all(a.startswith("{") or a == b for a, b in pairs)


def test_methods_of_one_path_share_a_place() -> None:
    routes: RouteTable[str] = RouteTable()
    for path, method in [("/a/{id}", "get"), ("/a/{id}", "delete"), ("/a/{name}", "put")]:
        routes.add(path, method, method)
    place = routes.find(("a", "7"))
    assert place is not None
    assert place.methods == {"GET": "get", "DELETE": "delete", "PUT": "put"}


@pytest.mark.parametrize(
    ("methods", "allow"),
    [
        (["GET"], "GET, HEAD, OPTIONS"),
        (["POST"], "OPTIONS, POST"),
        (["PUT", "GET", "DELETE"], "DELETE, GET, HEAD, OPTIONS, PUT"),
    ],
)
def test_allow_names_head_where_there_is_get_and_always_options(
    methods: list[str], allow: str
) -> None:
    assert Place({}, dict.fromkeys(methods, "x")).allow() == allow
