"""What `migrate init` finds in a repository: names that the seed knows, and those that it does not."""

from __future__ import annotations

import pathlib

import pytest

from offramp import inventory, migration
from offramp.inventory import Inventory
from offramp.migration import Migration
from offramp.project import open_project


def take(root: pathlib.Path, files: dict[str, str], seed: Migration | None = None) -> Inventory:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return inventory.take(open_project(root, seed or inventory.seed(None, "acme", "newco")))


def test_variables(tmp_path: pathlib.Path) -> None:
    found = take(tmp_path, {"a.env": "ACME_API_KEY=x\nACME_REGION=y\n", "b.env": "ACME_API_KEY=z\n"})
    key = found.env["ACME_API_KEY"]
    assert (key.new, key.count, key.paths) == ("NEWCO_API_KEY", 2, {"a.env", "b.env"})
    assert found.env["ACME_REGION"].new == "NEWCO_REGION"


def test_secrets_of_workflows_are_variables(tmp_path: pathlib.Path) -> None:
    found = take(tmp_path, {".github/workflows/x.yml": "env:\n  K: ${{ secrets.ACME_API_KEY }}\n"})
    assert "ACME_API_KEY" in found.env


def test_classes_and_functions(tmp_path: pathlib.Path) -> None:
    code = 'import os\n\nKEY = os.environ["ACME_API_KEY"]\n\n\nclass AcmeClient:\n    def ask_acme(self): ...\n'
    found = take(tmp_path, {"x.py": code})
    assert found.symbols["AcmeClient"].new == "NewcoClient"
    assert found.symbols["ask_acme"].new == "ask_newco"
    assert "ACME_API_KEY" not in found.symbols


def test_a_name_that_is_taken_is_left_to_a_person(tmp_path: pathlib.Path) -> None:
    code = 'import os\nos.environ["ACME_API_KEY"]\nclass AcmeClient: ...\nclass NewcoClient: ...\n'
    item = take(tmp_path, {"x.py": code}).symbols["AcmeClient"]
    assert item.new is None
    assert item.note == "NewcoClient is already in use here: choose another name"


def test_its_own_modules_by_the_path_under_which_they_are_imported(tmp_path: pathlib.Path) -> None:
    module = 'import os\nKEY = os.environ["ACME_API_KEY"]\nclass AcmeClient: ...\n'
    files = {
        "src/lib/acme_client.py": module,
        "src/lib/acme_other.py": module,
        "src/lib/acme_unused.py": module,
        "src/lib/test_acme.py": module,
        "src/app.py": "from lib.acme_client import AcmeClient\nAcmeClient()\n",
        "src/main.py": "from lib import x, acme_other\n",
    }
    found = take(tmp_path, files)
    assert found.modules["lib.acme_client"].new == "lib.newco_client"
    assert "lib.acme_unused" not in found.modules
    assert not any("test_acme" in name for name in found.modules)


def test_models_beside_the_provider(tmp_path: pathlib.Path) -> None:
    one = "a:\n  provider: acme\n  model: big-70b\n  model_path: x-1\n"
    found = take(tmp_path, {"c.yaml": f"{one}b:\n  provider: other\n  model: other-7b\n"})
    assert set(found.models) == {"big-70b"}
    assert found.models["big-70b"].new is None
    assert "provider" in found.settings


def test_hosts(tmp_path: pathlib.Path) -> None:
    files = {"x.env": "ACME_URL=https://api.acme.com/v1\nOTHER=https://api.acmeville.com\n"}
    assert set(take(tmp_path, files).urls) == {"api.acme.com"}


def test_packages_names_urls_and_models_that_the_seed_knows(tmp_path: pathlib.Path) -> None:
    known = migration.parse(
        "schema: 1\nname: acme-to-newco\nretire: {provider: acme, names: [Acme Cloud]}\n"
        "replace: {provider: newco, names: Newco}\n"
        "packages: {pip: {acme-sdk: newco-sdk}}\nurls: {https://api.acme.com: https://api.newco.com}\n"
        "models: {acme-1-large: ~}\nmodules: {acme_sdk: newco_sdk}\n",
        "x",
    )
    files = {
        "requirements.txt": "acme-sdk==1.0\n",
        "x.py": 'import acme_sdk\nURL = "https://api.acme.com/v1"\nMODEL = "acme-1-large"\n# of Acme Cloud\n',
    }
    found = take(tmp_path, files, inventory.seed(known, "acme", "newco"))
    assert found.packages["pip"]["acme-sdk"].new == "newco-sdk"
    assert found.urls["https://api.acme.com"].new == "https://api.newco.com"
    assert found.models["acme-1-large"].new is None
    assert found.modules["acme_sdk"].new == "newco_sdk"
    assert found.names["Acme Cloud"].count == 1


def test_workflows_that_look_deprecated(tmp_path: pathlib.Path) -> None:
    workflow = "name: old acme\njobs:\n  x:\n    runs-on: ubuntu-latest\n    env: {K: '${{ secrets.ACME_API_KEY }}'}\n"
    found = take(tmp_path, {".github/workflows/legacy-acme.yml.bak": workflow, "a.env": "ACME_API_KEY=1\n"})
    assert list(found.workflows) == [".github/workflows/legacy-acme.yml.bak"]


def test_nothing(tmp_path: pathlib.Path) -> None:
    assert take(tmp_path, {"x.py": "print()\n"}) == Inventory()


@pytest.mark.parametrize(
    ("slug", "names"),
    [("acme", ("Acme",)), ("digital-ocean", ("Digital Ocean", "Digital-ocean")), ("x_y", ("X Y", "X_y"))],
)
def test_a_seed_for_a_provider_that_nobody_knows(slug: str, names: tuple[str, ...]) -> None:
    seed = inventory.seed(None, slug, "new-co")
    assert seed.names == names
    assert seed.new_name == "New Co"
    assert seed.name == f"{slug}-to-new-co"
    assert list(seed.env.values()) == ["NEW_CO_*"]


def test_a_seed_keeps_what_is_known() -> None:
    known = migration.load("gradient-to-openrouter")
    seed = inventory.seed(known, "gradient", "openrouter")
    assert seed.names == known.names
    assert seed.env["GRADIENT_*"] == known.env.get("GRADIENT_*", "OPENROUTER_*")
    assert seed.env.items() >= {key: new for key, new in known.env.items() if key != "GRADIENT_*"}.items()
