/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A file of records that outlives the process: rows are C structs, described by tables of fields.
 * The one file that knows SQLite.
 *
 * The file is locked against a second writer for as long as it is open. It is written ahead (WAL),
 * so that a killed process leaves what its last commit left; a power cut may take the last commits,
 * never the file. Commits do not wait for the disk: that is done by a thread of its own.
 */
#ifndef SENSOR_STATE_DB_H
#define SENSOR_STATE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Raise it with every change of a table, and add the step from the version before to
 * state_migrate.c. */
#define STATE_DB_VERSION 3

/* SQL, from version i + 1 to i + 2; all that a file needs are one transaction. */
extern const char *const state_migrations[];

enum state_kind {
    STATE_TEXT,  /* an array of char, ended by NUL; cut to fit when read */
    STATE_WHOLE, /* 8 octets */
    STATE_SMALL, /* 4 octets, unsigned or enum */
    STATE_FLAG,
    STATE_REAL,
    STATE_BYTES,  /* of a fixed size; another size reads as zeroes */
    STATE_WHOLES, /* an array of 8 octets each; in the file little-endian */
    STATE_BLOB    /* struct state_blob */
};

struct state_blob {
    const void *bytes; /* borrowed */
    size_t size;
};

struct state_field {
    const char *name;
    enum state_kind kind;
    size_t offset, size;
};

struct state_table {
    const char *name;
    const char *key;   /* its columns, of which `owner` is the first */
    const char *order; /* by which it is read */
    const struct state_field *fields;
    unsigned field_count;
    size_t row_bytes;
};

struct state_db;

/* Tables are borrowed. A file that does not exist is made, unless it is only to be read. NULL with
 * a message that names the file, what is wrong with it, and what to do. */
struct state_db *state_db_open(const char *path, bool writes, const struct state_table *tables,
    unsigned table_count, char *error, size_t error_size);
/* Writes what stands in the log to the file itself now and then, from a thread. A thread keeps the
 * capabilities that its maker had: start it once they are given up. */
void state_db_start_thread(struct state_db *db);
void state_db_close(struct state_db *db);

/* 0, or -1: state_db_error() tells why, and what was done since begin is undone by `undo`. */
int state_db_begin(struct state_db *db);
int state_db_commit(struct state_db *db);
void state_db_undo(struct state_db *db);
int state_db_put(struct state_db *db, unsigned table, const void *row);
/* All rows of that owner, in every table. */
int state_db_remove(struct state_db *db, uint64_t owner);
/* All rows of all tables. */
int state_db_clear(struct state_db *db);
/* Each row, in order; a scratch struct of the table's, zeroed before it is filled. */
int state_db_each(
    struct state_db *db, unsigned table, void (*row)(void *context, void *row), void *context);
/* Rows of a table; 0 when that cannot be told. */
uint64_t state_db_count(struct state_db *db, unsigned table);
/* Names the file, what is wrong, and what to do. */
const char *state_db_error(const struct state_db *db);

#endif
