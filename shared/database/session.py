"""PostgreSQL: one engine per role, and the one place where a transaction begins, names its tenant and commits.

Row-level security reads `app.organization_id`, which is set transaction-locally as the first statement.
Without it every tenant table is empty and refuses inserts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import URL, DateTime, Engine, MetaData, create_engine, event, func, make_url, select, text
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, mapped_column, object_session
from sqlalchemy.orm import Session as SqlSession
from sqlalchemy.sql.selectable import ForUpdateArg, GenerativeSelect

from shared import clock, logs
from shared.audit_facts import AuditFacts
from shared.back_off import seconds_before_retry
from shared.errors import Stale, Unavailable
from shared.ids import new_id

STATEMENT_TIMEOUT_MS = 8_000
LOCK_TIMEOUT_MS = 2_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000
POOL_WAIT_SECONDS = 2
TRIES_MAX = 5
RETRY_SECONDS = (0.04, 0.32)  # after the first serialization failure or deadlock, and the longest

RETRYABLE_STATES = {"40001", "40P01"}  # serialization failure, deadlock: run the whole transaction again
AWAY_STATES = {
    "57P01",
    "57P02",
    "57P03",
    "57014",
    "55P03",
}  # shutdown, starting up, statement or lock timeout
AWAY_CLASSES = {"08", "53"}  # connection exceptions; out of disk, memory or connections

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


T = TypeVar("T")


# Every instant is stored with its zone: a naive timestamp would mean a different moment to each session.
COLUMN_TYPES: dict[Any, Any] = {datetime: DateTime(timezone=True), UUID: PgUUID(as_uuid=True)}


class Tenant:
    """Mixin of every tenant table: primary key (organization_id, id), so that foreign keys cannot cross tenants."""

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


def metadata() -> MetaData:
    """An empty `MetaData` with our constraint names, one per service."""
    return MetaData(naming_convention=NAMING)


# The tables that every service has, each declared beside the code that uses it. `shared.tables` copies them.
COMMON = metadata()


class Session(SqlSession):
    """SQLAlchemy's session, and what is known of its one transaction."""

    def __init__(self, engine: Engine, resources: object = None) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.organization_id: UUID | None = None  # the tenant, see `set_tenant`
        self.causation_id: UUID | None = None  # the event that is being applied, for the events that follow from it
        self.audit = AuditFacts()
        self.holds_locks = False  # others may wait for this transaction to end, see `shared.database.read_your_writes`
        # What this service's commands need besides the database. The service knows its type, see its config.py.
        self.resources = resources
        self.cursors: object = None  # what seals the cursors of the running request's list, see `shared.web.cursors`
        self._kept: list[object] = []
        self._expected: tuple[Any, frozenset[int]] | None = None

    def expect(self, row: Any, versions: frozenset[int]) -> None:
        """Raises `Stale` unless the row's version is one of these: now, and when it is read again under a lock."""
        self._expected = (row, versions)
        self.ensure_expected(row)

    def ensure_expected(self, row: Any) -> None:
        """Raises `Stale` for the row that `expect` named, when its version is another."""
        if self._expected is not None and self._expected[0] is row and row.version not in self._expected[1]:
            raise Stale()

    def settle_expected(self) -> None:
        """Once this transaction has changed the row that `expect` named, its version is this transaction's."""
        if self._expected is not None and self._expected[0] in self.dirty and self.is_modified(self._expected[0]):
            self._expected = None

    def keep(self, row: object) -> None:
        """Hold a row until the session ends, so that `get` finds it again without a query."""
        self._kept.append(row)


def set_tenant(session: Session, organization_id: UUID | None) -> None:
    """Name the organization that row-level security lets this transaction see; None for none."""
    session.execute(
        text("SELECT set_config('app.organization_id', :organization_id, true)"),
        {"organization_id": str(organization_id) if organization_id else ""},
    )
    session.organization_id = organization_id


def take_turns(session: Session, key: int) -> None:
    """Hold the advisory lock `key` (64 bits, signed) until the transaction ends. Waits while another one holds it."""
    session.execute(select(func.pg_advisory_xact_lock(key)))
    session.holds_locks = True


@event.listens_for(Session, "do_orm_execute")
def _look_for_locks(state: ORMExecuteState) -> None:
    """Note that rows are locked. What was read before the lock may have changed since, so it is read again."""
    statement, session = state.statement, state.session
    assert isinstance(session, Session)
    if isinstance(statement, GenerativeSelect) and any(isinstance(x, ForUpdateArg) for x in statement.get_children()):
        state.update_execution_options(populate_existing=True)
        session.holds_locks = True
    elif state.is_update or state.is_delete:
        session.holds_locks = True


@event.listens_for(Session, "after_flush")
def _changed_rows_are_locked(session: Session, _context: object) -> None:
    """PostgreSQL locks the rows that a flush changes. Inserted rows do not count: nobody else can see them yet."""
    if session.deleted or any(session.is_modified(changed, include_collections=False) for changed in session.dirty):
        session.holds_locks = True
    session.settle_expected()


@event.listens_for(Mapper, "refresh")
def _row_was_read_again(row: object, _context: object, _attributes: object) -> None:
    """Between the edge's look at the version and the handler's lock somebody may have been faster."""
    session = object_session(row)
    if isinstance(session, Session):
        session.ensure_expected(row)


def sqlalchemy_url(url: str) -> URL:
    """A libpq style `postgresql://` address for SQLAlchemy's psycopg 3 dialect."""
    return make_url(url).set(drivername="postgresql+psycopg")


class Database:
    """One database seen through one role. Engines connect lazily, so this is safe before a fork."""

    def __init__(
        self,
        url: str,
        *,
        resources: object = None,
        pool_size: int = 8,
        application_name: str = "caseload",
    ) -> None:
        self._resources = resources
        self.engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={
                "application_name": application_name,
                "connect_timeout": 3,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
                f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS} -c timezone=UTC",
            },
        )

    def run(self, work: Callable[[Session], T], organization_id: UUID | None = None) -> T:
        """Run `work` in a transaction of its own and commit it; returns what `work` returned.

        Serialization failures and deadlocks run the whole of `work` again, up to `TRIES_MAX` times. Raises
        `Unavailable` when the database is away or overloaded; when the connection broke during COMMIT the
        outcome is unknown to us, and the caller finds out by repeating with the same Idempotency-Key.
        """
        for attempt in range(1, TRIES_MAX + 1):
            try:
                with self.transaction(organization_id) as session:
                    return work(session)
            except DBAPIError as error:
                if sql_state(error) not in RETRYABLE_STATES or attempt == TRIES_MAX:
                    raise _translated(error) from error
                clock.sleep(seconds_before_retry(attempt, *RETRY_SECONDS))
        raise AssertionError("unreachable")

    @contextmanager
    def transaction(self, organization_id: UUID | None = None) -> Iterator[Session]:
        """A session whose transaction commits when the block ends and rolls back when it raises."""
        with Session(self.engine, self._resources) as session:
            self._begin(session, organization_id)
            yield session
            session.commit()

    def _begin(self, session: Session, organization_id: UUID | None) -> None:
        # The first statement finds out whether the pooled connection still lives. Nothing has happened in
        # the transaction yet, so it may be tried again on a fresh one: no ping per checkout is needed.
        try:
            set_tenant(session, organization_id)
        except PoolTimeout as error:
            raise Unavailable(retry_after_seconds=1) from error
        except OperationalError as error:
            session.rollback()
            if not error.connection_invalidated:
                raise _translated(error) from error
            try:
                set_tenant(session, organization_id)
            except DBAPIError as second:
                raise _translated(second) from second

    def ready(self) -> bool:
        """Whether the database answers right now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeout):
            return False
        return True

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def sql_state(error: BaseException) -> str | None:
    """The five-character SQLSTATE of a database error, where it has one."""
    return getattr(getattr(error, "orig", error), "sqlstate", None)


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database, not the statement, is the trouble."""
    if isinstance(error, PoolTimeout):
        return True
    state = sql_state(error)
    if state is None:
        return isinstance(error, OperationalError)
    return state in AWAY_STATES or state[:2] in AWAY_CLASSES


def violated_constraint(error: BaseException) -> str | None:
    """The name of the constraint that an integrity error names, for turning it into a refusal."""
    diagnosis: Any = getattr(getattr(error, "orig", None), "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def _translated(error: DBAPIError) -> Exception:
    if is_away(error) or sql_state(error) in RETRYABLE_STATES:
        logs.get().warning("database_away", error=error, sql_state=sql_state(error))
        return Unavailable(retry_after_seconds=1)
    return error
