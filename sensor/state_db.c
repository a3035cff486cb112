/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Statements are made of the tables' own names only; whatever comes from the wire is bound.
 *
 * Two locks: SQLite's own guard the file's structure for the moment of an access, so that a list
 * can be printed while a sensor runs; flock() keeps a second sensor out.
 */
#include "state_db.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define APPLICATION_ID 0x6661726d /* "farm": tells our files from others' */
#define BUSY_MS 2000              /* a list that is being printed is done by then */
#define THREAD_EVERY_S 10
#define PAGES_WITHOUT_THREAD 1000 /* SQLite's own default */
#define SQL_SIZE 4096
#define ERROR_SIZE 512
#define WHOLES_MOST 64

struct state_db {
    const char *path;
    const struct state_table *tables;
    unsigned table_count;
    int lock; /* descriptor; closed last, for closing it drops SQLite's locks too */
    sqlite3 *handle, *checkpoint;
    sqlite3_stmt **puts, **removes;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t stop;
    bool is_running, is_stopping;
    char error[ERROR_SIZE];
};

static int
fail(struct state_db *db, const char *format, ...)
{
    int at = snprintf(db->error, sizeof db->error, "state: %s ", db->path);
    va_list arguments;

    if (at < 0 || (size_t)at >= sizeof db->error)
        return -1;
    va_start(arguments, format);
    vsnprintf(db->error + at, sizeof db->error - (size_t)at, format, arguments);
    va_end(arguments);
    return -1;
}

/* What SQLite's word means to who runs the sensor. */
static int
fail_sqlite(struct state_db *db)
{
    int code = sqlite3_errcode(db->handle);

    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(db, "is damaged, or no state of farmwatch: move it away, and a new one is "
                        "begun, or put back a copy");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(db, "is locked by another program: end that, or name another file");
    case SQLITE_FULL:
        return fail(db, "cannot be written: the disk is full");
    case SQLITE_IOERR:
        return fail(db, "cannot be written: %s; is the disk full?", sqlite3_errmsg(db->handle));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return fail(db, "cannot be written: farmwatch needs to write it and its folder");
    default:
        return fail(db, "cannot be used: %s", sqlite3_errmsg(db->handle));
    }
}

const char *
state_db_error(const struct state_db *db)
{
    return db->error;
}

static int
execute(struct state_db *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail_sqlite(db);
}

/* ---- opening ---- */

static int
take_lock(struct state_db *db, bool writes)
{
    db->lock = open(db->path, (writes ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);
    if (db->lock < 0) {
        const char *todo = errno == ENOENT || errno == ENOTDIR
                               ? (writes ? "make its folder first" : "name the file of a sensor")
                           : writes ? "farmwatch needs to write it and its folder"
                                    : "farmwatch needs to read it";

        return fail(db, "cannot be opened: %s; %s", strerror(errno), todo);
    }
    if (writes && flock(db->lock, LOCK_EX | LOCK_NB) != 0)
        return fail(db,
            "is in use by another farmwatch: end that one, or give this one a --state of its own");
    return 0;
}

static int
read_number(struct state_db *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *s;
    int result = -1;

    if (sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) != SQLITE_OK)
        return fail_sqlite(db);
    if (sqlite3_step(s) == SQLITE_ROW) {
        *out = sqlite3_column_int64(s, 0);
        result = 0;
    }
    sqlite3_finalize(s);
    return result == 0 ? 0 : fail_sqlite(db);
}

static const char *
type_of(enum state_kind kind)
{
    switch (kind) {
    case STATE_TEXT:
        return "TEXT";
    case STATE_REAL:
        return "REAL";
    case STATE_BYTES:
    case STATE_WHOLES:
    case STATE_BLOB:
        return "BLOB";
    default:
        return "INTEGER";
    }
}

static int
create_tables(struct state_db *db)
{
    for (unsigned t = 0; t < db->table_count; t++) {
        const struct state_table *table = &db->tables[t];
        char sql[SQL_SIZE];
        int at = snprintf(sql, sizeof sql, "CREATE TABLE %s (", table->name);

        for (unsigned i = 0; i < table->field_count; i++)
            at += snprintf(sql + at, sizeof sql - (size_t)at, "%s %s NOT NULL, ",
                table->fields[i].name, type_of(table->fields[i].kind));
        snprintf(sql + at, sizeof sql - (size_t)at, "PRIMARY KEY (%s)) WITHOUT ROWID", table->key);
        if (execute(db, sql) != 0)
            return -1;
    }
    return 0;
}

static int
write_version(struct state_db *db)
{
    char sql[128];

    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
        APPLICATION_ID, STATE_DB_VERSION);
    return execute(db, sql);
}

static int
migrate(struct state_db *db)
{
    int64_t from = 0;

    if (read_number(db, "PRAGMA user_version", &from) != 0)
        return -1;
    if (execute(db, "BEGIN IMMEDIATE") != 0)
        return -1;
    if (from == STATE_DB_VERSION) /* it can be written: that was the question */
        return execute(db, "ROLLBACK");
    if (from == 0) {
        if (create_tables(db) != 0)
            return -1;
    } else {
        for (; from > 0 && from < STATE_DB_VERSION; from++)
            if (execute(db, state_migrations[from - 1]) != 0)
                return -1;
    }
    return write_version(db) != 0 ? -1 : execute(db, "COMMIT");
}

static int
check_version(struct state_db *db, bool writes)
{
    int64_t application = 0, version = 0, tables = 0;

    if (read_number(db, "PRAGMA application_id", &application) != 0 ||
        read_number(db, "PRAGMA user_version", &version) != 0 ||
        read_number(db, "SELECT count(*) FROM sqlite_master", &tables) != 0)
        return -1;
    if ((application != APPLICATION_ID && (tables > 0 || version != 0)) || version < 0)
        return fail(db, "is a database of another program: name another file");
    if (version > STATE_DB_VERSION)
        return fail(db,
            "was written by a newer farmwatch (state version %lld, this one knows %d): run that "
            "one, or name another file",
            (long long)version, STATE_DB_VERSION);
    if (!writes && version < STATE_DB_VERSION)
        return fail(db, "%s",
            version == 0 ? "holds nothing yet"
                         : "is of an older farmwatch: run a sensor with it once, which brings it "
                           "up to date");
    return 0;
}

static int
check_sound(struct state_db *db)
{
    sqlite3_stmt *s;
    bool good = false;

    if (sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &s, NULL) != SQLITE_OK)
        return fail_sqlite(db);
    if (sqlite3_step(s) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 0);

        good = text != NULL && strcmp(text, "ok") == 0;
    }
    sqlite3_finalize(s);
    return good ? 0
                : fail(db, "is damaged: move it away, and a new one is begun, or put back a copy");
}

/* Whether the file lies where it cannot be written and nobody has it open: it has no log then. To
 * read others, SQLite must write beside them. */
static bool
is_at_rest(const char *path)
{
    char beside[PATH_MAX];

    if (snprintf(beside, sizeof beside, "%s-wal", path) >= (int)sizeof beside ||
        access(beside, F_OK) == 0)
        return false;
    return access(dirname(beside), W_OK) != 0;
}

/* The path as a URI that tells SQLite that nothing will change. */
static void
print_immutable(char *out, size_t size, const char *path)
{
    size_t n = (size_t)snprintf(out, size, "file:%s", path[0] == '/' ? "//" : "");

    for (; *path != '\0' && n < size; path++)
        n += (size_t)snprintf(
            out + n, size - n, strchr("%?#", *path) == NULL ? "%c" : "%%%02x", *path);
    if (n < size)
        snprintf(out + n, size - n, "?immutable=1");
}

static int
connect_to(struct state_db *db, sqlite3 **handle, bool writes)
{
    int flags = writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    char uri[3 * PATH_MAX];
    const char *name = db->path;

    if (!writes && is_at_rest(db->path)) {
        print_immutable(uri, sizeof uri, db->path);
        name = uri;
        flags |= SQLITE_OPEN_URI;
    }
    if (sqlite3_open_v2(name, handle, flags, NULL) != SQLITE_OK)
        return *handle == NULL ? fail(db, "cannot be used: memory is short") : fail_sqlite(db);
    sqlite3_busy_timeout(*handle, BUSY_MS);
    return 0;
}

static sqlite3_stmt *
prepare(struct state_db *db, const char *sql)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        (void)fail_sqlite(db);
    return s;
}

static int
prepare_all(struct state_db *db)
{
    db->puts = calloc(db->table_count, sizeof(sqlite3_stmt *));
    db->removes = calloc(db->table_count, sizeof(sqlite3_stmt *));
    if (db->puts == NULL || db->removes == NULL)
        return fail(db, "cannot be used: memory is short");
    for (unsigned t = 0; t < db->table_count; t++) {
        const struct state_table *table = &db->tables[t];
        char sql[SQL_SIZE];
        int at = snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s VALUES (?", table->name);

        for (unsigned i = 1; i < table->field_count; i++)
            at += snprintf(sql + at, sizeof sql - (size_t)at, ", ?");
        snprintf(sql + at, sizeof sql - (size_t)at, ")");
        db->puts[t] = prepare(db, sql);
        snprintf(sql, sizeof sql, "DELETE FROM %s WHERE owner = ?", table->name);
        db->removes[t] = prepare(db, sql);
        if (db->puts[t] == NULL || db->removes[t] == NULL)
            return -1;
    }
    return 0;
}

static int
open_all(struct state_db *db, bool writes)
{
    if (take_lock(db, writes) != 0 || connect_to(db, &db->handle, writes) != 0)
        return -1;
    if (check_version(db, writes) != 0 || check_sound(db) != 0)
        return -1;
    if (!writes)
        return 0;
    if (execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                    "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0") != 0)
        return -1;
    if (migrate(db) != 0 || prepare_all(db) != 0)
        return -1;
    /* Its files too are opened while that may still be done: see state_db_start_thread(). */
    if (connect_to(db, &db->checkpoint, true) != 0)
        return -1;
    (void)sqlite3_exec(db->checkpoint, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
    return 0;
}

struct state_db *
state_db_open(const char *path, bool writes, const struct state_table *tables, unsigned table_count,
    char *error, size_t error_size)
{
    struct state_db *db = calloc(1, sizeof *db);

    if (db == NULL) {
        snprintf(error, error_size, "state: %s cannot be used: memory is short", path);
        return NULL;
    }
    db->path = path;
    db->lock = -1;
    db->tables = tables;
    db->table_count = table_count;
    pthread_mutex_init(&db->mutex, NULL);
    pthread_cond_init(&db->stop, NULL);
    if (open_all(db, writes) == 0)
        return db;
    snprintf(error, error_size, "%s", db->error);
    state_db_close(db);
    return NULL;
}

/* ---- the thread ---- */

static void *
run_thread(void *context)
{
    struct state_db *db = context;

    pthread_mutex_lock(&db->mutex);
    while (!db->is_stopping) {
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += THREAD_EVERY_S;
        if (pthread_cond_timedwait(&db->stop, &db->mutex, &until) != ETIMEDOUT)
            continue;
        pthread_mutex_unlock(&db->mutex);
        /* When it fails, the log grows until it no longer does. */
        (void)sqlite3_wal_checkpoint_v2(
            db->checkpoint, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        pthread_mutex_lock(&db->mutex);
    }
    pthread_mutex_unlock(&db->mutex);
    return NULL;
}

void
state_db_start_thread(struct state_db *db)
{
    db->is_running = pthread_create(&db->thread, NULL, run_thread, db) == 0;
    if (!db->is_running)
        sqlite3_wal_autocheckpoint(db->handle, PAGES_WITHOUT_THREAD);
}

static void
stop_thread(struct state_db *db)
{
    if (!db->is_running)
        return;
    pthread_mutex_lock(&db->mutex);
    db->is_stopping = true;
    pthread_cond_signal(&db->stop);
    pthread_mutex_unlock(&db->mutex);
    pthread_join(db->thread, NULL);
}

void
state_db_close(struct state_db *db)
{
    if (db == NULL)
        return;
    stop_thread(db);
    for (unsigned t = 0; t < db->table_count; t++) {
        if (db->puts != NULL)
            sqlite3_finalize(db->puts[t]);
        if (db->removes != NULL)
            sqlite3_finalize(db->removes[t]);
    }
    free(db->puts);
    free(db->removes);
    sqlite3_close(db->checkpoint);
    sqlite3_close(db->handle);
    if (db->lock >= 0)
        close(db->lock);
    pthread_cond_destroy(&db->stop);
    pthread_mutex_destroy(&db->mutex);
    free(db);
}

/* ---- rows ---- */

int
state_db_begin(struct state_db *db)
{
    return execute(db, "BEGIN IMMEDIATE");
}

int
state_db_commit(struct state_db *db)
{
    return execute(db, "COMMIT");
}

void
state_db_undo(struct state_db *db)
{
    if (sqlite3_get_autocommit(db->handle) == 0)
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static void
read_bytes(sqlite3_stmt *s, int at, void *out, size_t size)
{
    const void *bytes = sqlite3_column_blob(s, at);

    if (bytes != NULL && (size_t)sqlite3_column_bytes(s, at) == size)
        memcpy(out, bytes, size);
}

/* From the machine's order of octets, and to it. */
static uint64_t
little_endian(uint64_t number)
{
    uint8_t octets[sizeof number];

    for (unsigned i = 0; i < sizeof number; i++)
        octets[i] = (uint8_t)(number >> 8 * i);
    memcpy(&number, octets, sizeof number);
    return number;
}

static int
bind_wholes(sqlite3_stmt *s, int at, const void *value, size_t size)
{
    uint64_t numbers[WHOLES_MOST];
    size_t count = size / sizeof *numbers;

    if (count > WHOLES_MOST)
        return SQLITE_MISUSE;
    memcpy(numbers, value, size);
    for (size_t i = 0; i < count; i++)
        numbers[i] = little_endian(numbers[i]);
    return sqlite3_bind_blob(s, at, numbers, (int)size, SQLITE_TRANSIENT);
}

static void
read_wholes(sqlite3_stmt *s, int at, void *out, size_t size)
{
    uint64_t number;

    read_bytes(s, at, out, size);
    for (size_t i = 0; i < size; i += sizeof number) {
        memcpy(&number, (char *)out + i, sizeof number);
        number = little_endian(number);
        memcpy((char *)out + i, &number, sizeof number);
    }
}

static int
bind(sqlite3_stmt *s, int at, const struct state_field *f, const char *row)
{
    const void *value = row + f->offset;
    const struct state_blob *blob = value;
    int64_t whole;
    uint32_t small;
    double real;

    switch (f->kind) {
    case STATE_TEXT:
        return sqlite3_bind_text(s, at, value, (int)strnlen(value, f->size), SQLITE_STATIC);
    case STATE_WHOLE:
        memcpy(&whole, value, sizeof whole);
        return sqlite3_bind_int64(s, at, whole);
    case STATE_SMALL:
        memcpy(&small, value, sizeof small);
        return sqlite3_bind_int64(s, at, small);
    case STATE_FLAG:
        return sqlite3_bind_int(s, at, *(const bool *)value);
    case STATE_REAL:
        memcpy(&real, value, sizeof real);
        return sqlite3_bind_double(s, at, real);
    case STATE_BYTES:
        return sqlite3_bind_blob(s, at, value, (int)f->size, SQLITE_STATIC);
    case STATE_WHOLES:
        return bind_wholes(s, at, value, f->size);
    case STATE_BLOB:
        return sqlite3_bind_blob(s, at, blob->bytes, (int)blob->size, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static int
run(struct state_db *db, sqlite3_stmt *s)
{
    int result = sqlite3_step(s) == SQLITE_DONE ? 0 : fail_sqlite(db);

    sqlite3_reset(s);
    return result;
}

int
state_db_put(struct state_db *db, unsigned table, const void *row)
{
    const struct state_table *t = &db->tables[table];

    for (unsigned i = 0; i < t->field_count; i++)
        if (bind(db->puts[table], (int)i + 1, &t->fields[i], row) != SQLITE_OK)
            return fail_sqlite(db);
    return run(db, db->puts[table]);
}

int
state_db_remove(struct state_db *db, uint64_t owner)
{
    for (unsigned t = 0; t < db->table_count; t++) {
        sqlite3_bind_int64(db->removes[t], 1, (int64_t)owner);
        if (run(db, db->removes[t]) != 0)
            return -1;
    }
    return 0;
}

int
state_db_clear(struct state_db *db)
{
    for (unsigned t = 0; t < db->table_count; t++) {
        char sql[SQL_SIZE];

        snprintf(sql, sizeof sql, "DELETE FROM %s", db->tables[t].name);
        if (execute(db, sql) != 0)
            return -1;
    }
    return 0;
}

static void
read_field(sqlite3_stmt *s, int at, const struct state_field *f, char *row)
{
    void *value = row + f->offset;
    struct state_blob *blob = value;
    int64_t whole = 0;
    double real;

    if (f->kind == STATE_WHOLE || f->kind == STATE_SMALL || f->kind == STATE_FLAG)
        whole = sqlite3_column_int64(s, at);
    switch (f->kind) {
    case STATE_TEXT: {
        const char *text = (const char *)sqlite3_column_text(s, at);

        snprintf(value, f->size, "%s", text == NULL ? "" : text);
        break;
    }
    case STATE_WHOLE:
        memcpy(value, &whole, sizeof whole);
        break;
    case STATE_SMALL:
        memcpy(value, &(uint32_t){ (uint32_t)whole }, sizeof(uint32_t));
        break;
    case STATE_FLAG:
        *(bool *)value = whole != 0;
        break;
    case STATE_REAL:
        real = sqlite3_column_double(s, at);
        memcpy(value, &real, sizeof real);
        break;
    case STATE_BYTES:
        read_bytes(s, at, value, f->size);
        break;
    case STATE_WHOLES:
        read_wholes(s, at, value, f->size);
        break;
    case STATE_BLOB:
        blob->bytes = sqlite3_column_blob(s, at);
        blob->size = (size_t)sqlite3_column_bytes(s, at);
        break;
    }
}

int
state_db_each(
    struct state_db *db, unsigned table, void (*row)(void *context, void *row), void *context)
{
    const struct state_table *t = &db->tables[table];
    char *scratch = calloc(1, t->row_bytes), sql[SQL_SIZE];
    sqlite3_stmt *s = NULL;
    int at = snprintf(sql, sizeof sql, "SELECT "), result = SQLITE_NOMEM;

    for (unsigned i = 0; i < t->field_count; i++)
        at += snprintf(
            sql + at, sizeof sql - (size_t)at, "%s%s", i == 0 ? "" : ", ", t->fields[i].name);
    snprintf(sql + at, sizeof sql - (size_t)at, " FROM %s ORDER BY %s", t->name, t->order);
    if (scratch != NULL)
        result = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(s)) == SQLITE_ROW) {
        memset(scratch, 0, t->row_bytes);
        for (unsigned i = 0; i < t->field_count; i++)
            read_field(s, (int)i, &t->fields[i], scratch);
        row(context, scratch);
        result = SQLITE_OK;
    }
    free(scratch);
    if (result != SQLITE_DONE)
        (void)fail_sqlite(db);
    sqlite3_finalize(s);
    return result == SQLITE_DONE ? 0 : -1;
}

uint64_t
state_db_count(struct state_db *db, unsigned table)
{
    char sql[SQL_SIZE];
    int64_t count = 0;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", db->tables[table].name);
    return read_number(db, sql, &count) == 0 ? (uint64_t)count : 0;
}
