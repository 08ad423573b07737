"""Signing a treatment plan, and telling billing of the documented sessions that were without a signed one so far."""

from __future__ import annotations

from uuid import UUID

from services.clinical.cases.models import Case
from services.clinical.corrected_diagnoses.queries import documented_days
from services.clinical.last_word.queries import last_word_stays, supervision_of
from services.clinical.notes.models import Note
from services.clinical.sealing.commands import tell_anew
from services.clinical.signed_plans import rules
from services.clinical.signing.queries import is_licensed_today
from services.clinical.treatment_plans import commands
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.queries import first_day_with_signed_plan, visible_plan
from shared import audit
from shared.actor import Person
from shared.database.session import Session


def sign_plan(session: Session, actor: Person, plan_id: UUID) -> TreatmentPlan:
    """Sign a plan; billing hears of each session that it is now in force for, where no plan was before.

    Raises what `treatment_plans.commands.sign_plan` raises, and the refusals of `rules.ensure_may_sign`.
    """
    draft = visible_plan(session, actor, plan_id)
    case_id = draft.case_id
    licensed = is_licensed_today(session, actor)  # may wait, so it comes before the locks
    supervised = supervision_of(session, actor.organization_id, actor.staff_id) is not None
    kept = last_word_stays(session, actor.organization_id, draft.created_by, actor.staff_id)
    rules.ensure_may_sign(supervised=supervised, last_word_kept=kept, licensed=licensed)
    case = session.get_one(Case, (actor.organization_id, case_id), with_for_update=True)  # as a diagnosis locks it
    before = first_day_with_signed_plan(session, case)
    plan = commands.sign_plan(session, actor, plan_id)
    if before is None or plan.effective_from < before:
        days = documented_days(session, case)
        covered = [note_id for note_id, day in days if plan.effective_from <= day and (before is None or day < before)]
        for note_id in covered:
            tell_anew(session, session.get_one(Note, (case.organization_id, note_id)))
        audit.describe(session, covered_sessions=len(covered))
    return plan
