"""The catalogue: prices are exact, what ships is whole, and a mistake in an own file is named by file and key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from litink.errors import Refused
from litink.providers.catalogue import TASKS, Catalogue, Model, Price, load
from litink.providers.catalogue.model import OPERATIONS

SHIPPED = load()
MONEY = st.decimals(min_value=0, max_value=1000, places=4)
COUNTS = st.integers(min_value=0, max_value=10**9)


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return path


class TestPrices:
    def test_tokens(self) -> None:
        price = Price(million_tokens_in=Decimal("0.15"), million_tokens_out=Decimal("0.6"))
        assert price.of({"tokens_in": 1234, "tokens_out": 56}) == Decimal("0.00021870")

    @pytest.mark.parametrize(
        ("price", "units", "cost"),
        [
            (Price(thousand_characters=Decimal("0.1")), {"characters": 16.0}, "0.00160000"),
            (Price(picture=Decimal("0.04")), {"pictures": 2}, "0.08000000"),
            (Price(second=Decimal("0.12")), {"seconds": 5.04}, "0.60480000"),
            (Price(picture=Decimal("0.04")), {"seconds": 100}, "0"),
            (Price(), {"tokens_in": 5}, "0"),
        ],
    )
    def test_other_units(self, price: Price, units: dict[str, float], cost: str) -> None:
        assert price.of(units) == Decimal(cost)

    def test_what_is_smaller_than_the_ledger_can_say_is_rounded_up(self) -> None:
        assert Price(million_tokens_in=Decimal("0.001")).of({"tokens_in": 1}) == Decimal("0.00000001")

    @given(MONEY, COUNTS, COUNTS)
    def test_more_never_costs_less(self, each: Decimal, some: int, more: int) -> None:
        price = Price(million_tokens_in=each)
        assert price.of({"tokens_in": some}) <= price.of({"tokens_in": some + more})

    @given(MONEY, MONEY, COUNTS, COUNTS)
    def test_never_below_what_it_is(self, a: Decimal, b: Decimal, tokens_in: int, tokens_out: int) -> None:
        cost = Price(million_tokens_in=a, million_tokens_out=b).of({"tokens_in": tokens_in, "tokens_out": tokens_out})
        exact = (a * tokens_in + b * tokens_out) / 1_000_000
        assert exact <= cost < exact + Decimal("0.00000001")

    @given(COUNTS)
    def test_enough_is_set_aside(self, tokens: int) -> None:
        model = SHIPPED.models["deepseek-chat"]  # its makers differ in price
        assert model.at_most({"tokens_in": tokens}) >= model.price.of({"tokens_in": tokens})
        assert model.ceiling > 1


class TestWhatShips:
    @pytest.mark.parametrize("tier", SHIPPED.tiers)
    @pytest.mark.parametrize("task", TASKS)
    def test_a_ladder_goes_to_the_next_cheaper(self, tier: str, task: str) -> None:
        for operation in OPERATIONS[task]:  # type: ignore[index]
            ladder = [m for m in SHIPPED.ladder(tier, task) if m.operation == operation]  # type: ignore[arg-type]
            prices = [dear(model) for model in ladder]
            assert prices == sorted(prices, reverse=True)

    @pytest.mark.parametrize(
        "task", ["cast", "plot", "script", "scenes", "embedding", "portrait", "scene_image", "speech"]
    )
    def test_every_tier_can_make_a_book(self, task: str) -> None:
        for tier in SHIPPED.tiers:
            assert SHIPPED.ladder(tier, task)  # type: ignore[arg-type]

    @pytest.mark.parametrize("tier", SHIPPED.tiers)
    def test_a_scene_can_be_drawn_without_anybody_in_it(self, tier: str) -> None:
        assert any(model.operation == "text-to-image" for model in SHIPPED.ladder(tier, "scene_image"))

    def test_tiers_are_as_they_are_sold(self) -> None:
        sold = {
            name: (tier.monthly_usd, tier.credits, tier.generations_per_hour, tier.books, tier.films, tier.film_minutes)
            for name, tier in SHIPPED.tiers.items()
        }
        assert sold == {
            "free": (0, 300, 10, 3, 1, 5),
            "basic": (18, 1500, 100, 10, 3, 15),
            "standard": (29, 4800, 500, 25, 10, 30),
            "premium": (79, 13100, 2000, 100, 50, 60),
            "professional": (199, 33100, None, None, None, 90),
        }
        assert [t.resolution for t in SHIPPED.tiers.values()] == [720, 720, 1080, 2160, 2160]
        assert [t.priority for t in SHIPPED.tiers.values()] == [0, 1, 2, 3, 4]
        assert [name for name, t in SHIPPED.tiers.items() if t.voice_cloning] == ["professional"]
        assert [name for name, t in SHIPPED.tiers.items() if t.api_tokens] == ["premium", "professional"]

    def test_modelslab_has_no_published_prices(self) -> None:
        assert all(m.price.estimate for m in SHIPPED.models.values() if m.provider == "modelslab")

    def test_names_on_the_wire_are_found(self) -> None:
        model = SHIPPED.named("openrouter", "chat", "openai/gpt-4o")
        assert model is SHIPPED.models["gpt-4o"]
        assert SHIPPED.named("openrouter", "embedding", "openai/gpt-4o") is None

    def test_a_list_of_pictures_is_still_the_field(self) -> None:
        assert SHIPPED.models["seedream-4-edit"].takes("init_image")
        assert not SHIPPED.models["imagen-4"].takes("init_image")


class TestAnOwnFile:
    def test_changes_a_price_and_nothing_else(self, tmp_path: Path) -> None:
        found = load(own(tmp_path, "[models.imagen-4]\nprice.picture = 0.031\nprice.estimate = false\n"))
        assert found.models["imagen-4"].price == Price(picture=Decimal("0.031"))
        assert found.models["imagen-4"].sizes == SHIPPED.models["imagen-4"].sizes
        assert {**found.models, "imagen-4": None} == {**SHIPPED.models, "imagen-4": None}

    def test_adds_a_model_and_uses_it(self, tmp_path: Path) -> None:
        text = """
        [models.mine]
        provider = "openrouter"
        operation = "chat"
        name = "maker/model"
        price = { million_tokens_in = 1, million_tokens_out = 2 }
        context_tokens = 32_000
        answer_tokens = 4_000

        [tiers.free.ladders]
        cast = ["mine", "llama-3.2-3b"]
        """
        found = load(own(tmp_path, text))
        assert [m.id for m in found.ladder("free", "cast")] == ["mine", "llama-3.2-3b"]
        assert found.ladder("free", "plot") == SHIPPED.ladder("free", "plot")

    @pytest.mark.parametrize(
        ("text", "key", "reason"),
        [
            ("[models.gpt-4o]\nname = 5", 'models."gpt-4o".name', "string"),
            ("[models.gpt-4o.price]\nmillion_tokens_in = -1", 'models."gpt-4o".price.million_tokens_in', "greater"),
            ("[models.gpt-4o]\nprise = 5", 'models."gpt-4o".prise', "not permitted"),
            ("[models.gpt-4o]\nid = 'other'", 'models."gpt-4o".id', "left out"),
            ("[models]\ngpt-4o = 5", 'models."gpt-4o"', "table"),
            ("[models.x]\nprovider = 'nobody'", "models.x.provider", "openrouter"),
            ("[models.gpt-4o]\noperation = 'speech'", 'models."gpt-4o"', "openrouter does not do speech"),
            ("[models.wan]\ndurations = [5, 3]", "models.wan", "ascend"),
            ("[tiers.free]\nresolution = 480", "tiers.free.resolution", "720"),
            ("[tiers.free.ladders]\ncast = ['gpt-9']", "tiers.free.ladders.cast", "no model 'gpt-9'"),
            ("[tiers.free.ladders]\ncast = ['imagen-4']", "tiers.free.ladders.cast", "text-to-image"),
            ("[tiers.free.ladders]\ncast = ['gpt-4o', 'gpt-4o']", "tiers.free.ladders.cast", "twice"),
            ("[tiers.free.ladders]\ncats = []", "tiers.free.ladders.cats", ""),
            ("[tiers.gold]\nmonthly_usd = 500", "tiers.gold.credits", "required"),
            ("[colours]\nred = 1", "colours", "not permitted"),
        ],
    )
    def test_a_mistake_is_named(self, tmp_path: Path, text: str, key: str, reason: str) -> None:
        path = own(tmp_path, text)
        with pytest.raises(Refused) as caught:
            load(path)
        assert caught.value.code == "catalogue-invalid"
        assert f"{path}: {key}" in caught.value.message
        assert reason in caught.value.message

    @pytest.mark.parametrize("text", ["[models", "x = 1\nx = 2"])
    def test_what_is_no_toml(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(Refused, match=r"own\.toml"):
            load(own(tmp_path, text))

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(Refused) as caught:
            load(tmp_path / "nowhere.toml")
        assert caught.value.code == "catalogue-unreadable"


@pytest.mark.parametrize(
    ("missing", "reason"),
    [("price", "price"), ("context_tokens", "context_tokens"), ("name", "name")],
)
def test_a_chat_model_without_what_it_needs(missing: str, reason: str) -> None:
    whole = SHIPPED.models["gpt-4o"].model_dump()
    with pytest.raises(ValidationError, match=reason):
        Model.model_validate({name: value for name, value in whole.items() if name != missing})


def test_a_call_cannot_pass_for_free() -> None:
    whole = SHIPPED.models["gpt-4o"].model_dump()
    with pytest.raises(ValidationError, match="billed by"):
        Model.model_validate({**whole, "price": {"picture": 1}})


def test_a_catalogue_is_a_value() -> None:
    assert load() == SHIPPED
    with pytest.raises(ValidationError):
        SHIPPED.models["gpt-4o"].name = "x"  # type: ignore[misc]
    assert isinstance(SHIPPED, Catalogue)


def dear(model: Model) -> Decimal:
    """What a usual call costs."""
    usual = {"tokens_in": 3, "tokens_out": 1, "characters": 100, "pictures": 1, "seconds": 5}
    return model.price.of({unit: 1000 * count for unit, count in usual.items()})
