"""PostgreSQL: one engine per role, and the one place where a transaction begins, names its tenant and commits.

Row-level security reads `app.organization_id`, which is set transaction-locally as the first statement.
Without it every tenant table is empty and refuses inserts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import DateTime, Engine, Executable, MetaData, event, text
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, SessionTransaction, mapped_column, object_session
from sqlalchemy.orm import Session as SqlSession
from sqlalchemy.sql.selectable import ForUpdateArg, GenerativeSelect

from shared import clock
from shared.audit_facts import AuditFacts
from shared.back_off import seconds_before_retry
from shared.database.connection import Connection, Statement
from shared.database.engine import new_engine
from shared.database.failures import RETRYABLE_STATES, sql_state, translated
from shared.database.unread import UNREAD
from shared.errors import Stale, Unavailable
from shared.ids import new_id

TRIES_MAX = 5
RETRY_SECONDS = (0.04, 0.32)  # after the first serialization failure or deadlock, and the longest

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


NAME_TENANT = "SELECT set_config('app.organization_id', %s, true)"
TAKE_TURNS = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]  # as the driver gives it

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
        self.account_id: UUID | None = None  # the person or program whose request this is
        self.causation_id: UUID | None = None  # the event that is being applied, for the events that follow from it
        self.audit = AuditFacts()
        self.holds_locks = False  # others may wait for this transaction to end, see `shared.database.read_your_writes`
        # What this service's commands need besides the database. The service knows its type, see its config.py.
        self.resources = resources
        self.ahead: Sequence[psycopg.Cursor[Any]] = ()  # of each statement that came with BEGIN, with its answer
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

    @property
    def driver(self) -> Connection:
        """The driver's connection that this session's transaction runs on."""
        driver = self.connection().connection.driver_connection
        assert isinstance(driver, Connection)
        return driver

    def send_along(self, statement: str, parameters: Sequence[Any]) -> None:
        """Have a statement whose answer nobody reads sent with the next one, so that it costs no round trip of its own.

        It is in psycopg's form, and always the same text. What it violates is found when it is sent, at the latest at
        COMMIT. Within a savepoint it is sent at once, for the savepoint may be undone.
        """
        if self.in_nested_transaction():
            self.connection().exec_driver_sql(statement, tuple(parameters))
        else:
            self.driver.keep((statement.encode(), parameters))

    def write(self, statement: Executable, parameters: Mapping[str, Any]) -> None:
        """Carry out a statement of SQLAlchemy's whose answer nobody reads, as `send_along` does."""
        self.execute(statement, parameters, execution_options={UNREAD: not self.in_nested_transaction()})

    def ask(self, *statements: Statement) -> list[Sequence[Row]]:
        """Carry out statements in psycopg's form, at least one, in one round trip; the rows that each answers with.

        They see what the session has written before. Raises what SQLAlchemy raises for the first that fails.
        """
        self.flush()
        *earlier, (text, parameters) = statements
        kept = [self.driver.keep(statement) for statement in earlier]
        given = parameters if isinstance(parameters, Mapping) else tuple(parameters)
        last = self.connection().exec_driver_sql(text.decode(), given).all()
        return [*(each.result.fetchall() for each in kept if each.result is not None), [tuple(row) for row in last]]

    def begin_nested(self) -> SessionTransaction:
        """As SQLAlchemy's. What was written before is sent now: its errors are found here, as if it had not waited."""
        begun = super().begin_nested()
        self.connection()
        return begun

    def keep(self, row: object | None) -> None:
        """Hold a row, or None, until the session ends, so that `get` finds it again without a query."""
        self._kept.append(row)


def set_tenant(session: Session, organization_id: UUID | None) -> None:
    """Name another organization that row-level security lets this transaction see; None for none.

    Not within a savepoint, whose end might take it back. It goes out with the next statement, before it.
    """
    if organization_id == session.organization_id:
        return
    assert not session.in_nested_transaction(), "what is set in a savepoint may be taken back with it"
    session.flush()  # what was added belongs to the organization that was named until now
    session.send_along(NAME_TENANT, [str(organization_id) if organization_id else ""])
    session.organization_id = organization_id


def take_turns(session: Session, *keys: int) -> None:
    """Hold advisory locks (64 bits, signed) until the transaction ends. Waits while another transaction holds one.

    They are always taken in the same order: nobody waits in a circle. It is sent with the next statement, which sees
    what was committed by those before.
    """
    session.send_along(TAKE_TURNS, [sorted(keys)])
    session.holds_locks = True


def taking_turns(*keys: int) -> Statement:
    """The statement by which `take_turns` takes them, for what is read ahead."""
    return TAKE_TURNS.encode(), [sorted(keys)]


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


@event.listens_for(Session, "before_flush")
def _writes_of_a_flush_may_wait(session: Session, _context: object, _instances: object) -> None:
    """What a flush writes goes out with the next statement; within a savepoint, whose owner waits for it, at once."""
    session.driver.keeps_writes = not session.in_nested_transaction()


@event.listens_for(Session, "after_flush")
def _changed_rows_are_locked(session: Session, _context: object) -> None:
    """PostgreSQL locks the rows that a flush changes. Inserted rows do not count: nobody else can see them yet."""
    session.driver.keeps_writes = False
    if session.deleted or any(session.is_modified(changed, include_collections=False) for changed in session.dirty):
        session.holds_locks = True
    session.settle_expected()


@event.listens_for(Mapper, "refresh")
def _row_was_read_again(row: object, _context: object, _attributes: object) -> None:
    """Between the edge's look at the version and the handler's lock somebody may have been faster."""
    session = object_session(row)
    if isinstance(session, Session):
        session.ensure_expected(row)


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
        self.url = url
        self.resources = resources  # what each of its sessions carries
        self.engine: Engine = new_engine(url, pool_size, application_name)

    def run(
        self, work: Callable[[Session], T], organization_id: UUID | None = None, ahead: Sequence[Statement] = ()
    ) -> T:
        """Run `work` in a transaction of its own and commit it; returns what `work` returned.

        `ahead` go out with BEGIN; the session's `ahead` tells `work` what each answered.

        Serialization failures and deadlocks run the whole of `work` again, up to `TRIES_MAX` times. Raises
        `Unavailable` when the database is away or overloaded; when the connection broke during COMMIT the
        outcome is unknown to us, and the caller finds out by repeating with the same Idempotency-Key.
        """
        for attempt in range(1, TRIES_MAX + 1):
            try:
                with self.transaction(organization_id, ahead) as session:
                    return work(session)
            except DBAPIError as error:
                if sql_state(error) not in RETRYABLE_STATES or attempt == TRIES_MAX:
                    raise translated(error) from error
                clock.sleep(seconds_before_retry(attempt, *RETRY_SECONDS))
        raise AssertionError("unreachable")

    @contextmanager
    def transaction(self, organization_id: UUID | None = None, ahead: Sequence[Statement] = ()) -> Iterator[Session]:
        """A session whose transaction commits when the block ends, rolls back when it raises; `ahead` as in `run`."""
        with Session(self.engine, self.resources) as session:
            self._begin(session, organization_id, ahead)
            yield session
            session.commit()

    def _begin(self, session: Session, organization_id: UUID | None, ahead: Sequence[Statement]) -> None:
        # The first statement finds out whether the pooled connection still lives. Nothing has happened in
        # the transaction yet, so it may be tried again on a fresh one: no ping per checkout is needed.
        session.organization_id = organization_id
        try:
            driver = session.driver
            try:
                session.ahead = driver.begin(organization_id, ahead)
            except psycopg.OperationalError:
                if not driver.closed:
                    raise
                session.invalidate()
                self.engine.dispose()  # the server has ended the other connections of the pool too
                session.ahead = session.driver.begin(organization_id, ahead)
        except PoolTimeout as error:
            raise Unavailable(retry_after_seconds=1) from error
        except psycopg.Error as error:
            if sql_state(error) in RETRYABLE_STATES:  # of a statement that came along: the whole is to be run again
                raise DBAPIError(None, None, error) from error
            raise translated(error) from error
        except DBAPIError as error:
            raise translated(error) from error

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
