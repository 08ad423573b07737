"""Rows of clients: who they are, who is assigned to them, imports and jobs."""

from __future__ import annotations

from typing import Final

from gateway.route_table.api.kinds import report_of_clients, table_of_people
from gateway.route_table.row import Row

CLIENTS: Final[tuple[Row, ...]] = (
    Row("POST", "/clients", "clients", "clients:create", "post_client"),
    Row("GET", "/clients", "clients", "clients:read", "clients.list"),
    Row("POST", "/clients/search", "clients", "clients:read", "clients.search"),
    Row("POST", "/clients/lookup", "clients", "clients:read", "clients.lookup"),
    Row("GET", "/client-tags", "clients", "clients:read", "client_tags.list"),
    Row("POST", "/client-fields", "clients", "client_fields:manage", "post_client_field"),
    Row("GET", "/client-fields", "clients", "clients:read", "client_fields.list"),
    Row("GET", "/client-fields/{client_field_id}", "clients", "clients:read", "client_field.read"),
    Row("PATCH", "/client-fields/{client_field_id}", "clients", "client_fields:manage", "patch_client_field"),
    Row("GET", "/clients/{client_id}", "clients", "clients:read", "client.read"),
    Row("PATCH", "/clients/{client_id}", "clients", "clients:update", "patch_client"),
    Row("DELETE", "/clients/{client_id}", "clients", "clients:delete", "delete_client"),
    Row("GET", "/client-duplicates", "clients", "clients:read", "client_duplicates.list"),
    Row("GET", "/client-duplicates/{duplicate_id}", "clients", "clients:read", "client_duplicate.read"),
    *(
        Row("POST", f"/client-duplicates/{{duplicate_id}}/{deed}", "clients", "clients:merge", action)
        for deed, action in (
            ("dismiss", "post_client_duplicate_dismissal"),
            ("undo", "post_client_duplicate_undo"),
        )
    ),
    *(
        Row("GET", f"/client-merges/preview/{service}", service, "clients:merge", "merge_preview.read")
        for service in ("clients", "clinical", "billing")
    ),
    Row("GET", "/client-merges/{merge_id}", "clients", "clients:read", "client_merge.read"),
    Row("POST", "/clients/{client_id}/merge", "clients", "clients:merge", "post_client_merge", proves=True),
    Row("POST", "/client-merges/{merge_id}/undo", "clients", "clients:merge", "post_client_merge_undo", proves=True),
    *(
        Row(method, f"/clients/{{client_id}}/related-clients{path}", "clients", permission, action)
        for method, path, permission, action in (
            ("GET", "", "clients:read", "related_clients.list"),
            ("PUT", "/{related_client_id}", "clients:update", "put_related_client"),
            ("DELETE", "/{related_client_id}", "clients:update", "delete_related_client"),
        )
    ),
    *(
        Row(method, path, "clients", permission, action)
        for method, path, permission, action in (
            ("GET", "/clients/{client_id}/history", "clients:read", "client.history"),
            ("GET", "/clients/{client_id}/responsible-people", "clients:read", "responsible_people.list"),
            ("GET", "/clients/{client_id}/responsible-people/history", "clients:read", "responsible_people.history"),
            ("POST", "/clients/{client_id}/responsible-people", "clients:update", "post_responsible_person"),
            ("POST", "/clients/{client_id}/offers", "clients:update", "post_offer"),
            ("GET", "/clients/{client_id}/addresses", "clients:read", "client_addresses.list"),
            ("GET", "/clients/{client_id}/addresses/{address_id}", "clients:read", "client_address.read"),
            ("POST", "/clients/{client_id}/addresses", "clients:update", "post_client_address"),
            ("GET", "/responsible-people/{responsible_person_id}", "clients:read", "responsible_person.read"),
            ("PATCH", "/responsible-people/{responsible_person_id}", "clients:update", "patch_responsible_person"),
            ("DELETE", "/responsible-people/{responsible_person_id}", "clients:update", "delete_responsible_person"),
        )
    ),
    table_of_people("/client-imports", "clients", "client_imports:manage", "post_client_import"),
    *(
        Row(method, f"/client-imports{path}", "clients", "client_imports:manage", action, streams=path.endswith(".csv"))
        for method, path, action in (
            ("GET", "", "client_imports.list"),
            ("GET", "/{import_id}", "client_import.read"),
            ("GET", "/{import_id}/rows", "client_import.rows"),
            ("PUT", "/{import_id}/mapping", "put_client_import_mapping"),
            ("PATCH", "/{import_id}/rows/{row}", "patch_client_import_row"),
            ("GET", "/{import_id}/errors.csv", "client_import.errors"),
            ("POST", "/{import_id}/commit", "post_client_import_commit"),
            ("POST", "/{import_id}/undo", "post_client_import_undo"),
            ("POST", "/{import_id}/cancel", "post_client_import_cancellation"),
        )
    ),
    *(
        report_of_clients(name, "clients", action)
        for name, action in (
            ("birthdays", "birthdays_report.read"),
            ("no-consent", "no_consent_report.read"),
            ("waiting", "waiting_report.read"),
        )
    ),
    Row("GET", "/clients/{client_id}/staff", "clients", "assignments:read", "client_staff.list"),
    Row("GET", "/clients/{client_id}/staff/history", "clients", "assignments:read", "client_staff.history"),
    Row("POST", "/assignments/lookup", "clients", "assignments:read", "client_staff.lookup"),
    Row("PUT", "/clients/{client_id}/staff/{staff_id}", "clients", "assignments:change", "put_client_staff"),
    Row("POST", "/assignments", "clients", "assignments:change", "post_assignments", proves=True),
    Row("GET", "/jobs/clients", "clients", "jobs:read", "job.list"),
    Row("GET", "/jobs/clients/{job_id}", "clients", "jobs:read", "job.read"),
    Row("POST", "/jobs/clients/{job_id}/undo", "clients", "assignments:change", "post_assignments_undo", proves=True),
    Row("POST", "/jobs/clients/{job_id}/cancel", "clients", "jobs:cancel", "post_clients_job_cancellation"),
    Row("DELETE", "/clients/{client_id}/staff/{staff_id}", "clients", "assignments:change", "delete_client_staff"),
    *(
        row
        for service in ("clients", "clinical")
        for row in (
            Row("GET", f"/work-items/{service}", service, "work_items:read", "work_items.list"),
            Row("GET", f"/work-items/{service}/count", service, "work_items:read", "work_items.count"),
            Row("GET", f"/work-items/{service}/{{item_id}}", service, "work_items:read", "work_item.read"),
            Row(
                "PATCH",
                f"/work-items/{service}/{{item_id}}",
                service,
                "work_items:update",
                f"patch_{service}_work_item",
            ),
        )
    ),
)
