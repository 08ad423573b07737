"""The recipes of docs/adding-things.md, followed on a copy of the project: an endpoint, an event, a permission.

`make prove-recipes` runs it. Each recipe is written down as somebody would follow it, with the files that they open.
Then the architecture tests judge the copy, the new tests run, and the files are counted.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from shared.services import SERVICES
from tests.architecture.source import ROOT

COPIED = ("services", "shared", "gateway", "embedded", "deploy", "tests", "docs")
FILES = (
    "conftest.py",
    "docker-compose.yml",
    "Makefile",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
)
# What looks at configuration, at the database or at broken copies: nothing that a recipe touches.
LEFT_OUT = ("test_any_folder.py", "test_database_walls.py", "test_edge_configuration.py", "test_imports.py")
# What the project's own commands write.
MADE_BY = (
    "tests.architecture.permission_matrix",
    "tests.architecture.errors_page",
    "tests.architecture.events_page",
    "tests.architecture.test_event_samples",
)


@dataclass
class Recipe:
    """One recipe on the copy; `by_hand` are the files that somebody opened for it."""

    root: Path
    by_hand: set[str] = field(default_factory=set)

    def append(self, file: str, text: str) -> None:
        """Write something at the end of a file, or a new file."""
        self._write(file, (self._read(file) + text).lstrip("\n"))

    def below(self, file: str, line: str, text: str) -> None:
        """Write something below the one line that begins so."""
        before, found, after = self._read(file).partition(f"\n{line}")
        assert found, f"{file} has no line {line!r}"
        rest, end, after = after.partition("\n")
        self._write(file, before + found + rest + end + text + after)

    def above(self, file: str, line: str, text: str) -> None:
        """Write something above the one line that begins so."""
        before, found, after = self._read(file).partition(f"\n{line}")
        assert found, f"{file} has no line {line!r}"
        self._write(file, before + "\n" + text + found.removeprefix("\n") + after)

    def replace(self, file: str, old: str, new: str) -> None:
        """Change what stands there once."""
        assert self._read(file).count(old) == 1, f"{file}: {old!r}"
        self._write(file, self._read(file).replace(old, new))

    def _read(self, file: str) -> str:
        path = self.root / file
        return path.read_text("utf-8") if path.exists() else ""

    def _write(self, file: str, text: str) -> None:
        self.by_hand.add(file)
        (self.root / file).write_text(text, "utf-8")


def endpoint(root: Path) -> Recipe:
    """An endpoint: POST /service-types/{id}/retire, which archives a service and says why."""
    recipe = Recipe(root)
    feature = "services/billing/catalogue"
    # 1. schemas.py
    recipe.append(
        f"{feature}/schemas.py",
        '''

class Retirement(_Stripped):
    """Why a service is no longer offered."""

    reason = text(200, "For those who ask later.", required=True)
''',
    )
    # 2. commands.py
    recipe.append(
        f"{feature}/commands.py",
        '''

def retire_service_type(session: Session, actor: Person, service_type_id: UUID, reason: str) -> ServiceType:
    """Archive a service for a reason; raises `NotFound`."""
    service = queries.one_service_type(session, actor, service_type_id, for_update=True)
    service.active = False
    service.version += 1
    audit.describe(session, details={"characters": len(reason)})
    _tell(session, service)
    return service
''',
    )
    # 3. routes.py
    recipe.replace(f"{feature}/routes.py", "    NewServiceType,\n", "    NewServiceType,\n    Retirement,\n")
    recipe.above(
        f"{feature}/routes.py",
        "_ONE = ",
        '''def post_retirement(
    session: Session, actor: Person, service_type_id: UUID, body: dict[str, str]
) -> dict[str, Any]:
    """Retire a service

    Archives the service: it can no longer be booked, and what was billed stays.
    """
    retired = commands.retire_service_type(session, actor, service_type_id, body["reason"])
    return queries.as_response(actor, retired, practice_today(session, actor))


''',
    )
    recipe.below(
        f"{feature}/routes.py",
        "ROUTES = (",
        """    Route(
        "POST",
        f"{_ONE}/retire",
        "service_types:update",
        post_retirement,
        body=Retirement,
        response=ServiceTypeSchema,
        changes=queries.one_service_type,
        example={"reason": "Nobody offers it since spring."},
    ),
""",
    )
    # 4. gateway/route_table/api/<service>.py
    recipe.below(
        "gateway/route_table/api/billing.py",
        "BILLING: Final[tuple[Row, ...]] = (",
        '    Row("POST", "/service-types/{service_type_id}/retire", "billing", "service_types:update",'
        ' "post_retirement"),\n',
    )
    # 5. is made by `make_the_rest`; 6. the test
    recipe.append(
        "services/billing/tests/test_billing_retirement.py",
        '''"""Retiring a service."""


def test_a_retired_service_is_archived(practice):
    path = f"/service-types/{practice.service()}/retire"
    assert practice.biller.post(path, {"reason": "Nobody offers it."}).status_code == 403
    assert practice.administrator.post(path, {}).status_code == 422
    assert practice.administrator.post(path, {"reason": "Nobody offers it."}).json["active"] is False
''',
    )
    return recipe


def event(root: Path) -> Recipe:
    """An event: billing.service_type_retired.v1, which clinical hears."""
    recipe = Recipe(root)
    # 1. the contract
    recipe.append(
        "shared/contracts/billing.py",
        '''

@event("billing.service_type_retired.v1", aggregate="service_type_id", version="version", consumers=("clinical",))
@dataclass(frozen=True, slots=True)
class ServiceTypeRetired:
    """A service is no longer offered."""

    organization_id: UUID
    service_type_id: UUID
    version: int
''',
    )
    # 2. is made by `make_the_rest`; 3. the producer's command, and its test
    commands = "services/billing/catalogue/commands.py"
    recipe.replace(
        commands,
        "from shared.contracts.billing import ServiceTypeChanged\n",
        "from shared.contracts.billing import ServiceTypeChanged, ServiceTypeRetired\n",
    )
    recipe.replace(
        commands,
        '    audit.describe(session, details={"characters": len(reason)})\n',
        '    audit.describe(session, details={"characters": len(reason)})\n'
        "    outbox.add(session, ServiceTypeRetired(service.organization_id, service.id, service.version))\n",
    )
    recipe.append(
        "services/billing/tests/test_billing_retirement.py",
        """

def test_a_retirement_is_told(practice, billing_database):
    service = practice.service()
    practice.administrator.post(f"/service-types/{service}/retire", {"reason": "Nobody offers it."})
    statement = "SELECT count(*) FROM outbox WHERE type = 'billing.service_type_retired.v1' AND aggregate_id = %s"
    assert billing_database.rows(statement, service) == [(1,)]
""",
    )
    # 4. the consumer, and its test
    subscriptions = "services/clinical/subscriptions.py"
    recipe.replace(
        subscriptions,
        "from shared.contracts.billing import InvoiceChanged, ServiceTypeChanged\n",
        "from shared.contracts.billing import InvoiceChanged, ServiceTypeChanged, ServiceTypeRetired\n",
    )
    recipe.above(
        subscriptions,
        "HANDLERS: ",
        '''def on_service_type_retired(session: Session, event: ServiceTypeRetired, _envelope: Envelope) -> None:
    """It can no longer be booked."""
    copy = session.get(models.ServiceTypeCopy, (event.organization_id, event.service_type_id))
    if copy is not None:
        copy.active = False


''',
    )
    recipe.below(
        subscriptions,
        "    ServiceTypeChanged: on_service_type_changed,",
        "    ServiceTypeRetired: on_service_type_retired,\n",
    )
    recipe.append(
        "services/clinical/tests/test_clinical_retirement.py",
        '''"""What a retired service means for the agenda."""

from uuid import UUID

from shared.contracts.billing import ServiceTypeRetired


def test_a_retired_service_cannot_be_booked(clinic):
    clinic.emit(ServiceTypeRetired(clinic.organization_id, UUID(clinic.service_type_id), 2))
    assert clinic.desk.post("/appointments", clinic.booking("2027-02-01T09:00")).status_code == 422
''',
    )
    return recipe


def permission(root: Path) -> Recipe:
    """A permission: service_types:retire, which Administration has."""
    recipe = Recipe(root)
    recipe.replace(
        "shared/permissions.py",
        '        "service_types:update",\n',
        '        "service_types:update",\n        "service_types:retire",\n',
    )
    row = 'service_types:update", "post_retirement"'
    recipe.replace("gateway/route_table/api/billing.py", row, row.replace("update", "retire"))
    route = '"service_types:update",\n        post_retirement'
    recipe.replace("services/billing/catalogue/routes.py", route, route.replace("update", "retire"))
    return recipe


def make_the_rest(root: Path) -> None:
    """The picture of permissions, the pages, the samples, and `make openapi`."""
    for module in MADE_BY:
        python(root, "-m", module)
    parts = []
    for service in SERVICES:
        parts.append(root / f"openapi-{service}.json")
        parts[-1].write_text(python(root, "-W", "ignore", "-m", f"services.{service}", "openapi"), "utf-8")
    python(root, "-m", "gateway", "openapi", *map(str, parts))


def python(root: Path, *arguments: str) -> str:
    """Run Python in the copy; returns what it printed. Ends this process where it fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"python {' '.join(arguments)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}")
        sys.exit(1)
    return done.stdout


def copy_to(root: Path) -> None:
    """The project as it lies here, also what is not committed."""
    unneeded = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis")
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=unneeded)
    for name in FILES:
        shutil.copy(ROOT / name, root / name)


def main() -> int:
    """Follow every recipe, judge the copy, count the files; returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="caseload-recipes-") as folder:
        root = Path(folder)
        copy_to(root)
        an_endpoint, an_event, a_permission = endpoint(root), event(root), permission(root)
        make_the_rest(root)
        consumer = {file for file in an_event.by_hand if "/clinical/" in file}
        counts = {
            "endpoint": (len(an_endpoint.by_hand), 5),
            "event, producer": (len(an_event.by_hand - consumer), 4),
            "event, each consumer": (len(consumer), 2),
            "permission": (len(a_permission.by_hand), 3),
        }
        tests = [file for file in an_endpoint.by_hand | an_event.by_hand if "/tests/" in file]
        ignored = (f"--ignore=tests/architecture/{name}" for name in LEFT_OUT)
        print(
            python(root, "-m", "pytest", "-q", "-x", "-n", "2", "tests/architecture", *ignored, *tests).splitlines()[-1]
        )
        for name, (files, most) in counts.items():
            print(f"{name:22}{files} files by hand (at most {most})")
        return int(any(files > most for files, most in counts.values()))


if __name__ == "__main__":
    sys.exit(main())
