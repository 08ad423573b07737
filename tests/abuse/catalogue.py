"""The abuse cases: what somebody may try, and which tests try it.

A test says with `@pytest.mark.abuse("A-…")` which cases it is; `test_catalogue.py` holds this page and the marks
together, and `pytest -m abuse` runs them all. What belongs to features that are not there yet (attachments, import of
clients, claims, psychotherapy notes) comes with them.

Groups: ROLE more than one was given, SES sessions, AUTH the way in, TEN between practices, TOK the gateway's actor
tokens, IDOR ids of others, LOG traces, INJ text that is taken for more, FILE and CSV files in and out, DOS too much of
something, BUS what is written to the bus, MONEY money that comes back twice, SMUG PATH HEAD METH the request itself,
CFG how it is set up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FOLDERS: Final = {
    "identity": "services/identity/tests/test_identity_{}.py",
    "clients": "services/clients/tests/test_clients_{}.py",
    "clinical": "services/clinical/tests/test_clinical_{}.py",
    "billing": "services/billing/tests/test_billing_{}.py",
    "abuse": "tests/abuse/test_{}.py",
    "access": "tests/access/test_{}.py",
    "architecture": "tests/architecture/test_{}.py",
    "gateway": "gateway/tests/test_{}.py",
    "shared": "shared/tests/test_{}.py",
    "integration": "tests/integration/test_{}.py",
    "browser": "tests/browser/test_{}.py",
}

# Case | what is tried | folder:file of every test that tries it.
PAGE: Final = """
A-ROLE-self-grant | changing one's own levels, grants or activity | identity:staff
A-ROLE-grant-up | an administrator gives somebody a level that they do not hold themselves | identity:staff
A-ROLE-grant-across | changing, inviting again or ending the staff of another practice | abuse:roles
A-ROLE-invite-higher | inviting a second account of one's own with more in it, by hand or by table | identity:staff_import abuse:roles
A-ROLE-invitation-of-another | accepting an invitation as somebody else, or with more than it was made for | identity:joining
A-ROLE-invitation-to-a-stranger | using a link that went to the wrong address, after the address was put right | identity:accounts identity:joining
A-ROLE-invitation-twice | using an invitation again, or fifty times at once | identity:joining identity:staff
A-ROLE-sign-alone | a supervised clinician signs, amends or bills without the supervisor | clinical:supervision
A-ROLE-double-booking | giving a time twice without the permission, by way of an override that was for somebody else | clinical:double_booking
A-ROLE-count-cases | learning from a booking or a refusal how many cases a client has | clinical:cases_of_bookings
A-ROLE-approve-own-note | deciding about one's own note, or about a note of somebody whom one does not supervise | clinical:supervision
A-ROLE-second-self | inviting oneself under another address, and giving that person others' cases | clients:assignments identity:restricted_administration
A-ROLE-others-group | cancelling or taking over a colleague's group, of which one sees only one's own client | clinical:agenda
A-ROLE-prices | reading in the catalogue what the practice charges, as somebody who reads no invoices | billing:catalogue
A-ROLE-mass-assign-role | sending level, role or permissions under a name that no field has | abuse:roles
A-ROLE-mass-assign-organization | sending another organization along with any body | abuse:roles
A-ROLE-mass-assign-active | sending activity, joining or sign-out times along | abuse:foreign_ids abuse:roles
A-ROLE-mass-assign-version | sending id, version or creation time along | abuse:roles
A-ROLE-mass-assign-password | sending a password or its hash along | abuse:roles
A-ROLE-last-admin-demoted | taking the level from the last who can give it | identity:staff
A-ROLE-last-admin-deactivated | deactivating the last who can give levels | identity:staff
A-ROLE-last-admin-race | two who hold it demote each other at the same moment | identity:access identity:staff
A-ROLE-lattice | any sequence of changes by any colleagues, so that somebody ends with more than a giver held | identity:access
A-ROLE-downgrade-with-an-open-session | going on with a level that was taken away, in a session that is open | abuse:revocation integration:leaving
A-ROLE-combined-levels | holding two levels that open together what neither opens | abuse:roles
A-ROLE-narrowing-wins | widening a narrowed therapist by Billing and every grant together | abuse:roles integration:access
A-ROLE-program-of-a-leaver | going on with the secret of an API client after leaving, or after coming back | identity:accounts
A-ROLE-program-scope | giving a program what makes a person answerable | identity:api_clients
A-ROLE-break-glass-reach | reading more than the one record, or as somebody who may not, or after losing the level | abuse:roles
A-ROLE-break-glass-write | writing through emergency access | clinical:break_glass
A-ROLE-break-glass-own-review | judging one's own emergency access | clinical:break_glass
A-ROLE-break-glass-for-ever | going on when the time is over | clinical:break_glass
A-ROLE-break-glass-unseen | looking without leaving an entry that says how | clinical:break_glass
A-ROLE-own-licence | licensing oneself, or choosing one's own supervisor | identity:accounts
A-ROLE-restricted-administration | making others' cases one's own as supervisor, successor or assigned, where Administration sees its own only | clients:assignments identity:restricted_administration
A-ROLE-puppet | inviting a colleague and joining as them, to see what one may not | identity:restricted_administration
A-ROLE-program-of-a-demoted | going on with the secret of a program after losing the level that makes them | identity:accounts

A-SES-fixation | planting a token that a sign-in then makes worth something | identity:browser_sessions abuse:sign_in
A-SES-after-sign-out | using or renewing a token after signing out | identity:sessions abuse:revocation
A-SES-after-deactivation | using or renewing a token after being deactivated, or taken back | identity:sessions abuse:revocation
A-SES-after-reset | using a token that is older than the reset or change of the password | identity:passwords abuse:revocation
A-SES-idle | going on with a session that lay idle | identity:sessions
A-SES-idle-background | staying signed in before a page that refreshes itself | identity:takeover
A-SES-idle-polling | keeping a session alive for ever by asking | identity:takeover
A-SES-idle-parameter | skipping the time-out by a parameter or a field | identity:takeover abuse:sign_in
A-SES-absolute | renewing beyond twelve hours | identity:sessions
A-SES-concurrent | one session ending, listing or using another that it should not | identity:sessions
A-SES-refresh-reuse | renewing with a refresh token that was used before | identity:sessions
A-SES-refresh-race | renewing many times at once with one token | identity:takeover
A-SES-kinds-of-tokens | using one kind of token for another, or halves of two | identity:browser_sessions identity:sessions abuse:sign_in
A-SES-scope | a token in the address, a cookie or a form, as a link or a foreign page could send it | abuse:tricks
A-SES-cross-origin | a page of another origin asks with somebody's session | integration:gateway_door
A-SES-forged-form | a page of another site, or an old page, sends a form with somebody's session | access:pages browser:forgery
A-SES-forged-sign-in | a page of another site signs somebody in, or up, as somebody else | browser:forgery
A-SES-plain-http | signing in where others read along, or having the cookie sent there | browser:forgery
A-SES-reauthentication | finding a password out in a stolen session, by proving it once more | identity:browser_sessions
A-SES-old-password-race | signing in with the old password while it is being changed | identity:accounts

A-AUTH-brute-force | guessing one account's password, one by one or at once, also with a stolen token | identity:passwords identity:sessions
A-AUTH-spray | trying one password on everybody from one place | abuse:sign_in
A-AUTH-stuffing | working through a list of stolen pairs, under made-up forwarding addresses | abuse:sign_in
A-AUTH-lockout | keeping the owner out by guessing wrong from everywhere | identity:sessions
A-AUTH-lockout-neighbour | keeping the owner out of their own address by guessing wrong from the same network | identity:accounts
A-AUTH-key-replay | getting tokens, or a word about a password, by the Idempotency-Key of a sign-in | identity:accounts
A-AUTH-key-guessed | finding out by one's own request which Idempotency-Keys others used before sign-in | identity:accounts
A-AUTH-squatting | founding practices under somebody's address, so that theirs is not found | identity:sessions
A-AUTH-guesses-bought | resetting the counter of guesses by right sign-ins elsewhere | identity:sessions
A-AUTH-enumeration-sign-in | telling from words, status or time of a sign-in whether an address is known | identity:enumeration identity:sessions
A-AUTH-enumeration-two-practices | telling from the time of a sign-in that somebody works in two practices | identity:enumeration
A-AUTH-enumeration-reset | telling from the answer to a reset request whether an address is known | identity:enumeration identity:passwords
A-AUTH-enumeration-invitation | telling from an invitation whether somebody works elsewhere | identity:enumeration
A-AUTH-enumeration-sign-up | telling from a sign-up whether an address is known | identity:enumeration
A-AUTH-enumeration-program | telling from a refused secret which part was right | identity:api_clients
A-AUTH-reset-reuse | using a reset link twice, or fifty times at once | identity:passwords
A-AUTH-reset-late | using a reset link after its time or for another purpose | identity:passwords
A-AUTH-reset-host | having the link lead elsewhere by Host, Forwarded or Origin | identity:takeover
A-AUTH-reset-other-organization | using one practice's link for the account in another | identity:takeover
A-AUTH-pending-links | using links that were asked for before the owner took the account back | identity:takeover
A-AUTH-link-of-before-leaving | using a reset link that is older than a deactivation, after being taken back | identity:takeover
A-AUTH-second-factor-replay | using a code twice, or five times at once | identity:second_factors
A-AUTH-second-factor-skip | signing in with an empty code, none, or a field that says it was checked | identity:takeover
A-AUTH-second-factor-demanded | working with the password alone where two factors are demanded | identity:takeover
A-AUTH-second-factor-brute-force | guessing codes once the password is known | identity:second_factors
A-AUTH-second-factor-reset | getting rid of the second factor by resetting the password | identity:passwords
A-AUTH-long-password | entering with the first 72 bytes of a longer password | identity:takeover
A-AUTH-huge-password | sending a megabyte where a password goes | identity:takeover
A-AUTH-takeover-by-address | giving a member who has joined another address, and resetting their password there | identity:accounts
A-AUTH-older-mail | moving an account by an older mail after its owner has taken it back | identity:accounts
A-AUTH-strangers-account | founding practices under somebody's address to guess more, or to crowd them out | identity:accounts
A-AUTH-lockout-reset | keeping an owner out wherever they are by guessing from everywhere | identity:accounts
A-AUTH-bucket-collision | being counted in somebody else's place, to use up their guesses | identity:rules
A-AUTH-second-factor-stolen-session | making codes or keys in a stolen session with the password alone | identity:second_factors
A-AUTH-passkey-other-origin | using a passkey from another site | identity:passkeys
A-AUTH-passkey-other-domain | using a passkey that was made for another domain | identity:passkeys
A-AUTH-passkey-not-unlocked | using a passkey that nobody unlocked | identity:passkeys
A-AUTH-passkey-nobody-there | using a passkey that nobody touched | identity:passkeys
A-AUTH-passkey-other-key | signing with another key | identity:passkeys
A-AUTH-passkey-unknown | naming a passkey that there is not | identity:passkeys
A-AUTH-passkey-of-nobody | naming somebody whom there is not | identity:passkeys
A-AUTH-passkey-no-handle | naming nobody | identity:passkeys
A-AUTH-passkey-replay | sending the answer of a device again, or eight times at once | identity:passkeys
A-AUTH-passkey-copied | using a copy of a device | identity:passkeys
A-AUTH-enumeration-passkey | telling from the question for a passkey who has an account | identity:passkeys
A-AUTH-cover-account | guessing with an account of one's own under the same address, so that something always fits | identity:accounts
A-AUTH-squatted-address | founding practices under an address before its owner joins | identity:accounts
A-AUTH-mail-bomb | having mail sent to strangers without end | identity:accounts
A-AUTH-open-mailer | having invitations and notices sent to strangers by practices whose founder nobody knows, in words of one's own | identity:confirmation
A-AUTH-pending-second-factor | finishing a passkey or an app that was begun before the owner had one | identity:passkeys
A-AUTH-pending-app | guessing the first code of an app, or confirming one that was shown long ago | identity:second_factors

A-TEN-id | naming another practice's records | integration:access
A-TEN-name-uniqueness | finding out by a refusal that a name, address or number is taken elsewhere | abuse:tenants
A-TEN-count | finding out from the length of pages how much others have | abuse:tenants
A-TEN-sort | finding out from an order where others' rows stand | abuse:tenants
A-TEN-cursor | continuing another practice's list | abuse:tenants
A-TEN-sequence | finding out from invoice numbers how much others bill | abuse:tenants
A-TEN-cache | getting the answer that was kept for another practice | abuse:tenants
A-TEN-foreign-key | tying a row to another practice's row in the database | architecture:database_walls
A-TEN-idempotency | getting another's answer by their Idempotency-Key | abuse:foreign_ids
A-TEN-several-organizations | moving a session of one practice to another where one works as well | identity:sessions abuse:tenants
A-TEN-token-head | readdressing a token to another practice | abuse:tenants
A-TEN-audit-trail | reading of another practice in the trail or its export | abuse:tenants integration:audit_trail
A-TEN-non-interference | telling from any answers what stands in records that one may not see | access:non_interference
A-TEN-passkey | using one's own passkey with somebody else's name on it | identity:passkeys

A-TOK-none | reaching a service without a token | abuse:actor_tokens
A-TOK-service-reached-directly | reaching a service past the gateway, with tokens that are none | integration:access
A-TOK-internal-by-anybody-else | asking the internal addresses as a person or as nobody | identity:sessions
A-TOK-alg-none | a token that says it is not signed | abuse:actor_tokens
A-TOK-alg-HS256-with-the-public-key | a token signed with the public key as if that were a secret | abuse:actor_tokens
A-TOK-typ-jwt | a token of another type | abuse:actor_tokens
A-TOK-kid-unknown | a key that nobody has | abuse:actor_tokens
A-TOK-kid-a-path | a key id that names another file | abuse:actor_tokens
A-TOK-kid-of-a-service | a token that a service signed with its own key | abuse:actor_tokens
A-TOK-key-of-a-stranger | a token signed with somebody else's key under the gateway's key id | abuse:actor_tokens
A-TOK-header-jwk | a token that brings its key along | abuse:actor_tokens
A-TOK-header-jku | a token that says where to fetch the key | abuse:actor_tokens
A-TOK-header-x5u | a token that says where to fetch the certificate | abuse:actor_tokens
A-TOK-header-crit | a token with an extension that must be understood | abuse:actor_tokens
A-TOK-header-b64 | a token whose claims are not encoded | abuse:actor_tokens
A-TOK-aud-of-another-service | a token for another service | abuse:actor_tokens
A-TOK-iss-a-service | a token that a service claims to have made | abuse:actor_tokens
A-TOK-expired | a token that is over | abuse:actor_tokens
A-TOK-not-yet | a token of the future | abuse:actor_tokens
A-TOK-lives-too-long | a token good for an hour | abuse:actor_tokens
A-TOK-org-not-an-id | SQL for an organization | abuse:actor_tokens
A-TOK-lifted-to-another-method | a token for another method | abuse:actor_tokens
A-TOK-lifted-to-another-path | a token for another path | abuse:actor_tokens
A-TOK-lifted-to-another-body | a token for another body | abuse:actor_tokens
A-TOK-read-token-for-a-write | a token for reading, used to write | abuse:actor_tokens
A-TOK-claims-changed-after-signing | claims exchanged under the old signature | abuse:actor_tokens
A-TOK-signature-cut-off | a token without its signature | abuse:actor_tokens
A-TOK-too-long | a token of many kilobytes | abuse:actor_tokens
A-TOK-jti-replayed | a write token used twice | abuse:actor_tokens
A-TOK-header-underscore | the token under another spelling of its header | abuse:actor_tokens
A-TOK-header-double | two tokens in one request | abuse:actor_tokens

A-IDOR-path | every row of the route table with others' ids in its path | access:matrix
A-IDOR-query | filtering by others' ids | abuse:foreign_ids
A-IDOR-existence | telling from an answer whether an id exists elsewhere | abuse:foreign_ids
A-IDOR-existence-by-time | telling from the time of an answer whether a hidden client exists | access:non_interference
A-IDOR-replay | getting a kept answer after losing the permission, or the client that it is about | abuse:foreign_ids
A-IDOR-history | reading how somebody else's access came to be | identity:access
A-IDOR-audit-view | asking the trail about others' clients and staff | abuse:tenants
A-IDOR-supervisor-elsewhere | a supervisor from another practice | abuse:foreign_ids
A-IDOR-assign-staff-of-another | assigning another practice's staff to one's client | abuse:foreign_ids
A-IDOR-assign-to-a-client-of-another | assigning one's staff to another practice's client | abuse:foreign_ids
A-IDOR-staff-on-case | putting another practice's staff on one's case | abuse:foreign_ids
A-IDOR-case-for-a-client-of-another | opening a case for another practice's client | abuse:foreign_ids
A-IDOR-case-staff | opening a case with another practice's staff on it | abuse:foreign_ids
A-IDOR-book-client | booking another practice's client | abuse:foreign_ids
A-IDOR-book-one-client-of-two | booking one's own client and another practice's together | abuse:foreign_ids
A-IDOR-book-staff | booking another practice's staff | abuse:foreign_ids
A-IDOR-book-service | booking another practice's service | abuse:foreign_ids
A-IDOR-book-location | booking into another practice's rooms | abuse:foreign_ids
A-IDOR-book-case | booking for another practice's case | abuse:foreign_ids
A-IDOR-note-for-a-client-of-another | writing a note about another practice's client | abuse:foreign_ids
A-IDOR-diagnosis-of-another-case | changing a diagnosis through a case that it is not of | abuse:foreign_ids
A-IDOR-pay-for-a-client-of-another | paying for another practice's client | abuse:foreign_ids
A-IDOR-pay-an-invoice-of-another | paying another practice's invoice | abuse:foreign_ids
A-IDOR-accept-an-amendment-of-another | accepting another practice's amendment | abuse:foreign_ids
A-IDOR-cursor-values | reading names and days in a cursor | abuse:cursors
A-IDOR-search-time | finding out hidden names by how long a search takes | clients:search
A-IDOR-search-order | finding out hidden names by the order in which a search comes | clients:pages
A-IDOR-by-number | finding a hidden client by number, or by looking many ids up at once | clients:numbers
A-IDOR-organization-in-the-body | naming another organization in a new client | abuse:foreign_ids
A-IDOR-id-in-the-body | naming another client's id in a new client | abuse:foreign_ids

A-LOG-person | finding names, notes, reasons in a log | abuse:traces
A-LOG-token | finding tokens, passwords, secrets in a log | abuse:traces
A-LOG-url | finding what was searched or mistyped in a log | abuse:traces
A-LOG-postgres-detail | finding in the database's log which values broke a constraint | abuse:traces
A-LOG-metrics | finding anybody in the measures | abuse:traces
A-LOG-error | getting back in a refusal what was sent | abuse:traces
A-LOG-trace | learning from a refusal where it failed | abuse:traces
A-LOG-audit-values | finding words, not ids, in what the machinery remembers | abuse:traces
A-LOG-injection | writing lines of one's own into a log | abuse:traces
A-LOG-audit-delete | changing or deleting entries as one of the services' roles | identity:audit_trail identity:database architecture:database_walls
A-LOG-audit-tamper | changing, moving, cutting or rebuilding the trail as the owner of the database | identity:audit_trail integration:audit_trail

A-INJ-search | SQL, templates and paths in a search | abuse:foreign_ids
A-INJ-like | wildcards in a search | abuse:foreign_ids
A-INJ-sort | SQL in an order | abuse:foreign_ids
A-INJ-filter | SQL in a filter | abuse:foreign_ids
A-INJ-cursor | SQL and other lists' places in a cursor | abuse:foreign_ids
A-INJ-cursor-tampered | changing a cursor, or taking it to another list | abuse:cursors
A-INJ-mail-header | line breaks in what becomes a mail's header | identity:passwords identity:confirmation
A-INJ-mail-template | placeholders in what is filled into a mail | identity:passwords
A-INJ-path | a path for a time zone | identity:organization
A-INJ-null-byte | NUL and lone surrogates in texts | integration:bad_input
A-INJ-unicode-e-mail | asking for somebody's reset under an address that is spelt alike | identity:takeover

A-FILE-zip-bomb | a workbook that unpacks to a thousand times its size | identity:files
A-FILE-zip-bomb-many-parts | a workbook of hundreds of parts | identity:files
A-FILE-zip-bomb-nested | archives in archives | identity:files
A-FILE-xlsx-bomb | a small workbook of millions of cells | identity:files
A-FILE-xxe-file | a sheet that includes a file of the server | identity:files
A-FILE-xxe-network | a sheet that includes an address | identity:files
A-FILE-entity-expansion | entities that grow a billionfold | identity:files
A-FILE-path-name | a part that is named like a path out of the folder | identity:files
A-FILE-content-type-lie | a table of one kind said to be of the other | identity:files
A-FILE-svg-script | a logo that is a program | identity:files
A-FILE-html-as-picture | a page for a logo | identity:files
A-FILE-polyglot | a picture with a page in it | identity:files
A-FILE-picture-oversize | a logo of more bytes than one may have | identity:files
A-FILE-picture-bomb | a logo of billions of pixels | identity:files
A-FILE-picture-cut-short | a logo that ends in its header | identity:files

A-CSV-formula | cells that begin a formula | identity:files
A-CSV-control | cells that begin a formula behind a tab or a line break | identity:files
A-CSV-full-width | cells that begin a formula in full-width signs | identity:files
A-CSV-program | cells that start a program | identity:files
A-CSV-quote-break | cells that leave their place by quotes and line breaks | identity:files
A-CSV-exfiltration | cells that send their neighbours away | identity:files
A-CSV-audit-export | any of these in the exported trail | identity:files
A-CSV-import | formulas and scripts in a table of people | identity:staff_import

A-DOS-young-ids | asking for made-up ids so young that each must be waited for | shared:waiting_turns abuse:bad_company
A-DOS-sign-ups | founding many practices at once, with passwords that take long to judge | gateway:before_sign_in abuse:bad_company
A-DOS-silent | connections that say nothing | abuse:tricks
A-DOS-slow-head | headers sent byte by byte | abuse:tricks
A-DOS-slow-body | a body sent byte by byte | abuse:tricks
A-DOS-slow-large-body | a large body sent byte by byte | abuse:tricks
A-DOS-slow-chunks | chunks sent byte by byte | abuse:tricks
A-DOS-slow-body-of-a-stranger | a stranger's body sent byte by byte | abuse:tricks
A-DOS-address | an address of kilobytes | abuse:tricks
A-DOS-headers | hundreds of headers, or one of kilobytes | abuse:tricks
A-DOS-parameters | hundreds of parameters | abuse:tricks
A-DOS-body | a body larger than its row takes | integration:bad_input
A-DOS-depth | a body nested deeper than a stack | integration:bad_input
A-DOS-big-number | numbers that no column holds | integration:bad_input
A-DOS-duplicate-keys | the same key twice, which two parsers read in two ways | integration:bad_input
A-DOS-many-keys | a body of very many keys | abuse:sign_in
A-DOS-hash-collisions | keys and numbers that collide in a hash table | abuse:sign_in
A-DOS-page-size | a page of everything | integration:bad_input
A-DOS-request-decompression | a body that unpacks to much more than it is | abuse:sign_in
A-DOS-export-flood | exporting the trail again and again, or twelve times at once | identity:audit_trail integration:audit_trail
A-DOS-reset-flood | filling somebody's mailbox with reset mail | identity:passwords
A-DOS-invitation-flood | filling mailboxes with invitations | identity:joining identity:confirmation
A-DOS-hash-flood | making the server hash very long passwords | identity:takeover
A-DOS-passkey | a new passkey that is endless, deep or larger than it says | identity:passkeys
A-DOS-refused-body | a body that is refused while it is still coming, with a request hidden behind it | abuse:tricks
A-DOS-unread-answers | asking for large answers and not reading them | abuse:bad_company abuse:tricks
A-DOS-slow-endless-head | many heads that never end, sent slowly | abuse:tricks
A-DOS-idempotency-keys | filling a table with keys before sign-in | identity:accounts

A-BUS-forged | ending a worker, or speaking for a service, by messages that nobody signed | shared:bus_fuzzing
A-BUS-flood | filling a service's disk with messages that nobody signed | shared:bus_fuzzing
A-BUS-receipt | saying for a service that an event arrived there | shared:bus_fuzzing
A-BUS-captured | sending a true event again after the inbox has forgotten it | shared:bus_fuzzing

A-SMUG-length-and-chunked | a length and chunks in one request | abuse:tricks
A-SMUG-two-lengths | two lengths | abuse:tricks
A-SMUG-length-list | a list of lengths | abuse:tricks
A-SMUG-chunked-twice | two transfer codings | abuse:tricks
A-SMUG-chunked-misspelt | a transfer coding that is almost one | abuse:tricks
A-SMUG-chunked-with-blank | a blank before a header's colon | abuse:tricks
A-SMUG-chunk-size-sign | a negative chunk | abuse:tricks
A-SMUG-length-sign | a length with a sign | abuse:tricks
A-SMUG-length-hexadecimal | a length in another base | abuse:tricks
A-SMUG-folded-header | a header continued on the next line | abuse:tricks

A-PATH-one-address | reaching a thing by another spelling of its address | abuse:tricks

A-HEAD-borrowed-identity | claiming to be somebody, from somewhere, or another method by a header | abuse:tricks integration:access

A-METH-odd | methods that nobody takes | abuse:tricks

A-MONEY-twice | taking a payment back and having it refunded as well, one after the other or at once | billing:payments_undone

A-CFG-database-role | a role that may more than it says | architecture:database_walls
A-CFG-row-security | a table without its wall | architecture:database_walls
A-CFG-headers | an answer without the headers that protect a browser | integration:gateway_door
A-CFG-stray-files | files of the server behind the public address | integration:gateway_door
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the page."""

    name: str
    tried: str
    files: frozenset[str]

    @property
    def group(self) -> str:
        """A-ROLE and the like."""
        return "-".join(self.name.split("-")[:2])


def cases() -> list[Case]:
    """Every line of the page."""
    found = []
    for line in filter(None, PAGE.splitlines()):
        name, tried, places = line.split(" | ")
        pairs = [place.split(":") for place in places.split()]
        found.append(Case(name, tried, frozenset(FOLDERS[folder].format(file) for folder, file in pairs)))
    return found
