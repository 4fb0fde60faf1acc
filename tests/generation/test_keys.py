"""Equal content, equal key; any other content, another key."""

from hypothesis import given
from hypothesis import strategies as st

from litink.generation.keys import cache_key, canonical, content_hash, data_version

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=6))
def test_the_order_in_which_inputs_are_named_does_not_matter(value: dict[str, object]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert canonical(value) == canonical(backwards)


@given(json_values, json_values)
def test_different_content_has_different_hashes(one: object, other: object) -> None:
    assert (content_hash(one) == content_hash(other)) == (canonical(one) == canonical(other))


def test_recipe_and_inputs_both_decide_the_key() -> None:
    base = cache_key("audio", {"voice": "a"}, {"text": "1"})
    assert base == cache_key("audio", {"voice": "a"}, {"text": "1"})
    others = [
        cache_key("audio", {"voice": "b"}, {"text": "1"}),
        cache_key("audio", {"voice": "a"}, {"text": "2"}),
        cache_key("clips", {"voice": "a"}, {"text": "1"}),
    ]
    assert len({base, *others}) == 4


keys = st.text(st.characters(blacklist_characters="\n\t"), max_size=5)


@given(st.dictionaries(keys, st.text("abcdef0123456789", min_size=4, max_size=4)))
def test_the_data_version_ignores_the_order_of_items(items: dict[str, str]) -> None:
    manifest = list(items.items())
    assert data_version(manifest) == data_version(reversed(manifest))
