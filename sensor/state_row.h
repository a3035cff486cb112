/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The state file's tables, and the structs that their rows are.
 */
#ifndef SENSOR_STATE_ROW_H
#define SENSOR_STATE_ROW_H

#include "detect/detect.h"
#include "output/emit.h"
#include "state.h"
#include "state_db.h"
#include "underway.h"

/* Owners stand before what belongs to them, sessions behind the leases that they carry. */
enum state_table_of {
    META,
    ACCOUNT,
    SITE,
    DEVICE,
    LEASE,
    TIE,
    ORIGIN,
    TOOL,
    AWAY,
    FINDING,
    EARNED,
    CLAIM,
    MEMORY,
    SESSION,
    WAITING,
    TABLE_COUNT
};

extern const struct state_table state_tables[TABLE_COUNT];

struct state {
    struct state_db *db;
    max_align_t block[MEMORY_BLOCK_MOST / sizeof(max_align_t)]; /* of a detector, as it is stored */
    struct buffer line;                                         /* an observation as JSON */
    struct emitter *writer;                                     /* of lines; NULL until needed */
};

/* Rows of what is no struct of its own in memory. */
struct meta_row {
    uint64_t owner; /* the one row has 0 */
    int64_t clock_us;
    uint64_t serial, used;
    bool has_time, keep_realms;
};
struct lease_row {
    uint64_t owner;
    struct lease lease;
};
struct tie_row {
    uint64_t owner, site;
    struct tie tie;
};
struct origin_row {
    uint64_t owner;
    unsigned place;
    struct origin origin;
};
struct tool_row {
    uint64_t owner;
    unsigned place;
    struct tool_use tool;
};
struct away_row {
    uint64_t owner;
    unsigned place;
    int64_t day;
};
struct finding_row {
    uint64_t owner;
    unsigned place;
    char detector[64];
    struct finding finding;
};
struct earned_row {
    uint64_t owner, finding;
    unsigned place;
    struct finding_site at;
};
struct claim_row {
    uint64_t owner, finding;
    unsigned place;
    struct claim claim;
};
struct memory_row {
    uint64_t owner;
    char detector[64];
    unsigned version;
    struct state_blob bytes;
};

struct waiting_row {
    uint64_t owner;
    struct underway waiting;
    struct state_blob observation;
};

/* NULL: there is no such detector. */
const struct detector *state_detector(const char *name);

#endif
