/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a file of an older version lacks. A step stays as it was when it was made: the tables of
 * state_row.c go on changing.
 */
#include "state_db.h"

/* clang-format off */
const char *const state_migrations[] = {
    /* 1 to 2: sessions that are open, what waits to be judged. Blocks of detectors, in the machine's
     * byte order before, are taken for little-endian, as they were on all that it ran on. */
    "CREATE TABLE session ("
    "owner INTEGER NOT NULL, used INTEGER NOT NULL, flow INTEGER NOT NULL, "
    "source BLOB NOT NULL, source_port INTEGER NOT NULL, destination BLOB NOT NULL, "
    "destination_port INTEGER NOT NULL, transport INTEGER NOT NULL, "
    "first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, bytes_out INTEGER NOT NULL, "
    "bytes_in INTEGER NOT NULL, packets_out INTEGER NOT NULL, "
    "packets_in INTEGER NOT NULL, rekeys INTEGER NOT NULL, tool TEXT NOT NULL, "
    "protocol TEXT NOT NULL, state TEXT NOT NULL, sign TEXT NOT NULL, "
    "is_direct INTEGER NOT NULL, has_controller INTEGER NOT NULL, "
    "controller BLOB NOT NULL, lease INTEGER NOT NULL, holder INTEGER NOT NULL, start_us INTEGER NOT NULL, "
    "is_access INTEGER NOT NULL, is_reported INTEGER NOT NULL, "
    "is_controlled INTEGER NOT NULL, has_far INTEGER NOT NULL, "
    "is_refused INTEGER NOT NULL, is_proven INTEGER NOT NULL, is_exposed INTEGER NOT NULL, "
    "is_tunnel INTEGER NOT NULL, has_driver INTEGER NOT NULL, is_driven INTEGER NOT NULL, input INTEGER NOT NULL, "
    "driven BLOB NOT NULL, uploaded INTEGER NOT NULL, "
    "PRIMARY KEY (owner)) WITHOUT ROWID;"
    "CREATE TABLE waiting ("
    "owner INTEGER NOT NULL, kind INTEGER NOT NULL, address BLOB NOT NULL, "
    "lease INTEGER NOT NULL, due_us INTEGER NOT NULL, is_told INTEGER NOT NULL, "
    "is_refused INTEGER NOT NULL, is_proven INTEGER NOT NULL, observation BLOB NOT NULL, "
    "PRIMARY KEY (owner)) WITHOUT ROWID;",
    /* 2 to 3: how often a session is renewed. */
    "ALTER TABLE lease RENAME TO old_lease;"
    "CREATE TABLE lease ("
    "owner INTEGER NOT NULL, serial INTEGER NOT NULL, has_outside INTEGER NOT NULL, "
    "has_inside INTEGER NOT NULL, tells_end INTEGER NOT NULL, is_weak INTEGER NOT NULL, "
    "is_ended INTEGER NOT NULL, travel_pending INTEGER NOT NULL, overlapped INTEGER NOT NULL, "
    "outside BLOB NOT NULL, inside BLOB NOT NULL, start_us INTEGER NOT NULL, "
    "last_us INTEGER NOT NULL, renewed_us INTEGER NOT NULL, interim_us INTEGER NOT NULL, "
    "method TEXT NOT NULL, session_1 TEXT NOT NULL, session_2 TEXT NOT NULL, "
    "session_3 TEXT NOT NULL, session_4 TEXT NOT NULL, session_count INTEGER NOT NULL, "
    "device TEXT NOT NULL, source_us INTEGER NOT NULL, flow INTEGER NOT NULL, "
    "packet INTEGER NOT NULL, protocol TEXT NOT NULL, capture TEXT NOT NULL, "
    "encapsulation TEXT NOT NULL, PRIMARY KEY (owner, serial)) WITHOUT ROWID;"
    "INSERT INTO lease SELECT owner, serial, has_outside, has_inside, tells_end, is_weak, "
    "is_ended, travel_pending, overlapped, outside, inside, start_us, last_us, renewed_us, 0, "
    "method, session_1, session_2, session_3, session_4, session_count, device, source_us, flow, "
    "packet, protocol, capture, encapsulation FROM old_lease;"
    "DROP TABLE old_lease;",
};
/* clang-format on */
_Static_assert(sizeof state_migrations / sizeof state_migrations[0] == STATE_DB_VERSION - 1,
    "a step from each version");
