/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is known, as aligned tables or JSON lines: the most recent first, of cases the gravest.
 */
#include "../conf/config_text.h"
#include "../conf/list_vendor.h"
#include "../parsers/text.h"
#include "address.h"
#include "join.h"
#include "output/emit.h"
#include "timestamp.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MOST 10
#define BETWEEN "\n" /* entries of a list within its cell: no name holds one */
#define SECONDS_LENGTH 19

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_TIME, CELL_LIST };

struct column {
    const char *key; /* in capitals it is the table's heading */
    enum cell_kind kind;
};

struct row {
    char *cells[COLUMNS_MOST]; /* NULL: nothing is known of that */
    double rank;               /* the highest first */
};

struct inventory {
    struct analyst *analyst;
    const struct column *columns;
    unsigned column_count, at;
    struct row *rows;
    size_t count, room;
    bool failed;
};

/* ---- rows ---- */

static bool
begin_row(struct inventory *v, double rank)
{
    if (v->count == v->room) {
        size_t room = v->room == 0 ? 64 : 2 * v->room;
        struct row *grown = realloc(v->rows, room * sizeof *grown);

        if (grown == NULL) {
            v->failed = true;
            return false;
        }
        v->rows = grown;
        v->room = room;
    }
    v->rows[v->count++] = (struct row){ .rank = rank };
    v->at = 0;
    return true;
}

/* The row's next cell. */
static void __attribute__((format(printf, 2, 3))) put(struct inventory *v, const char *format, ...)
{
    char **cell = &v->rows[v->count - 1].cells[v->at++];
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(cell, format, arguments) < 0) {
        *cell = NULL;
        v->failed = true;
    }
    va_end(arguments);
}

static void
put_text(struct inventory *v, const char *text)
{
    if (text == NULL || text[0] == '\0')
        v->at++;
    else
        put(v, "%s", text);
}

static void
put_time(struct inventory *v, int64_t time_us)
{
    char text[TIMESTAMP_SIZE];

    timestamp_print(text, time_us);
    put(v, "%s", text);
}

/* One more entry of the cell before. */
static void __attribute__((format(printf, 2, 3)))
add_entry(struct inventory *v, const char *format, ...)
{
    char **cell = &v->rows[v->count - 1].cells[v->at - 1], *entry = NULL, *longer;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&entry, format, arguments) < 0)
        entry = NULL;
    va_end(arguments);
    if (entry == NULL) {
        v->failed = true;
    } else if (*cell == NULL) {
        *cell = entry;
        return;
    } else if (asprintf(&longer, "%s" BETWEEN "%s", *cell, entry) < 0) {
        v->failed = true;
    } else {
        free(*cell);
        *cell = longer;
    }
    free(entry);
}

/* ---- the four lists ---- */

static const struct column case_columns[] = {
    { "score", CELL_NUMBER },
    { "severity", CELL_TEXT },
    { "account", CELL_TEXT },
    { "site", CELL_TEXT },
    { "id", CELL_TEXT },
    { "first-seen", CELL_TIME },
    { "last-seen", CELL_TIME },
    { "summary", CELL_TEXT },
};

static void
list_case(struct inventory *v, struct account *a, struct site *s)
{
    struct case_view c;
    char id[EMIT_ID_SIZE];

    cases_view(v->analyst->cases, a, s, v->analyst->now_us, &c);
    if (!c.is_case || !begin_row(v, c.score))
        return;
    emit_print_id(id, c.id);
    put(v, "%d", c.score);
    put_text(v, config_severity_name(c.severity));
    put_text(v, a == NULL ? NULL : a->name);
    put_text(v, s == NULL ? NULL : s->name);
    put_text(v, id);
    put_time(v, c.first_us);
    put_time(v, c.last_us);
    put_text(v, c.summary);
}

static void
list_cases(struct inventory *v)
{
    for (struct account *a = accounts_first(v->analyst->accounts); a != NULL; a = a->hh.next)
        list_case(v, a, NULL);
    for (struct site *s = accounts_first_site(v->analyst->accounts); s != NULL; s = s->hh.next)
        list_case(v, NULL, s);
}

static const struct column account_columns[] = {
    { "account", CELL_TEXT },
    { "contractor", CELL_TEXT },
    { "last-seen", CELL_TIME },
    { "findings", CELL_NUMBER },
    { "inside", CELL_TEXT },
    { "outside", CELL_TEXT },
    { "countries", CELL_LIST },
    { "sites", CELL_LIST },
};

static void
put_address(struct inventory *v, bool known, const struct in6_addr *address)
{
    char text[ADDRESS_SIZE];

    address_print(text, address);
    put_text(v, known ? text : NULL);
}

/* The newest lease that is current; NULL: none. */
static const struct lease *
current_lease(const struct inventory *v, const struct account *a)
{
    const struct lease *l;

    DL_FOREACH(a->leases, l)
    {
        if (lease_is_current(l, v->analyst->now_us, v->analyst->config->limits.lease_us))
            return l;
    }
    return NULL;
}

static void
put_sites(struct inventory *v, const struct account *a)
{
    char countries[ACCOUNT_SITES][3];
    unsigned count = 0;

    v->at++;
    for (unsigned i = a->site_count; i-- > 0;) {
        struct geoip_place place;
        bool known = false;

        geoip_look_up(
            v->analyst->geoip, &((const struct site *)a->sites[i].other)->address, &place);
        for (unsigned k = 0; k < count && !known; k++)
            known = strcmp(countries[k], place.country) == 0;
        if (known || place.country[0] == '\0')
            continue;
        memcpy(countries[count++], place.country, sizeof countries[0]);
        add_entry(v, "%s", place.country);
    }
    v->at++;
    for (unsigned i = a->site_count; i-- > 0;)
        add_entry(v, "%s", ((const struct site *)a->sites[i].other)->name);
}

static void
list_accounts(struct inventory *v)
{
    const struct account *a;

    for (a = accounts_first(v->analyst->accounts); a != NULL; a = a->hh.next) {
        const struct lease *l = current_lease(v, a);

        if (!begin_row(v, (double)a->last_us))
            return;
        put_text(v, a->name);
        put_text(v, a->contractor == NULL ? NULL : a->contractor->name);
        put_time(v, a->last_us);
        put(v, "%u", a->state.finding_count);
        put_address(v, l != NULL && l->has_inside, l == NULL ? &in6addr_any : &l->inside);
        put_address(v, l != NULL && l->has_outside, l == NULL ? &in6addr_any : &l->outside);
        put_sites(v, a);
    }
}

static const struct column site_columns[] = {
    { "site", CELL_TEXT },
    { "country", CELL_TEXT },
    { "kind", CELL_TEXT },
    { "network", CELL_TEXT },
    { "last-seen", CELL_TIME },
    { "findings", CELL_NUMBER },
    { "accounts", CELL_LIST },
};

static void
list_sites(struct inventory *v)
{
    const struct site *s;

    for (s = accounts_first_site(v->analyst->accounts); s != NULL; s = s->hh.next) {
        struct geoip_place place;

        if (!begin_row(v, (double)s->last_us))
            return;
        geoip_look_up(v->analyst->geoip, &s->address, &place);
        put_text(v, s->name);
        put_text(v, place.country);
        put_text(v, geoip_kind_name(place.kind));
        if (place.asn == 0)
            v->at++;
        else
            put(v, "AS%" PRIu32 "%s%s", place.asn, place.organisation[0] == '\0' ? "" : " ",
                place.organisation);
        put_time(v, s->last_us);
        put(v, "%u", s->state.finding_count);
        v->at++;
        for (unsigned i = s->account_count; i-- > 0;)
            add_entry(v, "%s", ((const struct account *)s->accounts[i].other)->name);
    }
}

static const struct column device_columns[] = {
    { "address", CELL_TEXT },
    { "host-name", CELL_TEXT },
    { "mac", CELL_TEXT },
    { "vendor", CELL_TEXT },
    { "last-seen", CELL_TIME },
    { "driven-by", CELL_TEXT },
    { "fingerprints", CELL_LIST },
};

static void
put_vendor(struct inventory *v, const char *mac)
{
    uint8_t octets[LIST_VENDOR_MAC];
    char vendor[96] = "";

    if (text_to_octets(text_of(mac), octets))
        (void)list_vendor_of(octets, vendor, sizeof vendor);
    put_text(v, vendor);
}

static void
list_devices(struct inventory *v)
{
    const struct device *d;

    for (d = accounts_first_device(v->analyst->accounts); d != NULL; d = d->hh.next) {
        if (!begin_row(v, (double)d->last_us))
            return;
        put_address(v, true, &d->address);
        put_text(v, d->host_name);
        put_text(v, d->mac);
        put_vendor(v, d->mac);
        put_time(v, d->last_us);
        put_text(v, d->driven_by);
        v->at++;
        for (unsigned i = 0; i < DEVICE_FINGERPRINTS; i++)
            if (d->fingerprints[i][0] != '\0')
                add_entry(v, "%s %s", device_fingerprint_names[i], d->fingerprints[i]);
    }
}

/* ---- forms ---- */

static int
by_rank(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->rank < y->rank || x->rank > y->rank)
        return x->rank > y->rank ? -1 : 1;
    for (unsigned i = 0; i < COLUMNS_MOST; i++)
        if (x->cells[i] != NULL && y->cells[i] != NULL && strcmp(x->cells[i], y->cells[i]) != 0)
            return strcmp(x->cells[i], y->cells[i]);
    return 0;
}

/* As the table has it: times to the second, lists in one line. */
static const char *
plain(const struct inventory *v, size_t row, unsigned column)
{
    char *cell = v->rows[row].cells[column];
    enum cell_kind kind = v->columns[column].kind;

    if (cell == NULL)
        return "-";
    for (char *c = cell; kind == CELL_LIST && *c != '\0'; c++)
        *c = *c == BETWEEN[0] ? ',' : *c;
    if (kind == CELL_TIME && strlen(cell) > SECONDS_LENGTH)
        memcpy(cell + SECONDS_LENGTH, "Z", sizeof "Z");
    return cell;
}

static size_t
width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += (*text & 0xc0) != 0x80; /* octets that go on with a character */
    return width;
}

static void
print_cell(FILE *to, const char *text, size_t width, bool right, bool last)
{
    size_t pad = width - width_of(text);

    if (right)
        fprintf(to, "%*s", (int)pad, "");
    fputs(text, to);
    if (!right && !last)
        fprintf(to, "%*s", (int)pad, "");
    fputs(last ? "\n" : "  ", to);
}

static void
print_table(const struct inventory *v, FILE *to)
{
    size_t widths[COLUMNS_MOST];

    for (unsigned c = 0; c < v->column_count; c++) {
        widths[c] = strlen(v->columns[c].key);
        for (size_t r = 0; r < v->count; r++) {
            size_t width = width_of(plain(v, r, c));

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (unsigned c = 0; c < v->column_count; c++) {
        char heading[32];

        snprintf(heading, sizeof heading, "%s", v->columns[c].key);
        for (char *at = heading; *at != '\0'; at++)
            *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        print_cell(
            to, heading, widths[c], v->columns[c].kind == CELL_NUMBER, c + 1 == v->column_count);
    }
    for (size_t r = 0; r < v->count; r++)
        for (unsigned c = 0; c < v->column_count; c++)
            print_cell(to, plain(v, r, c), widths[c], v->columns[c].kind == CELL_NUMBER,
                c + 1 == v->column_count);
}

static void
emit_cell(struct emitter *e, const struct column *column, char *cell)
{
    char *rest = cell;

    if (column->kind == CELL_NUMBER) {
        emit_count(e, column->key, strtoull(cell, NULL, 10));
    } else if (column->kind == CELL_LIST) {
        emit_begin_list(e, column->key, EMIT_LINE);
        while (rest != NULL)
            emit_text(e, NULL, strsep(&rest, BETWEEN));
        emit_end_list(e);
    } else {
        emit_text(e, column->key, cell);
    }
}

static void
print_json(struct inventory *v, FILE *to)
{
    struct buffer line = { 0 };
    struct emitter *e = emit_open_json(&line);

    v->failed = v->failed || e == NULL;
    for (size_t r = 0; r < v->count && e != NULL; r++) {
        emit_begin(e);
        emit_begin_map(e, NULL, EMIT_BLOCK);
        for (unsigned c = 0; c < v->column_count; c++)
            if (v->rows[r].cells[c] != NULL)
                emit_cell(e, &v->columns[c], v->rows[r].cells[c]);
        emit_end_map(e);
        emit_end(e);
        fwrite(line.data, 1, line.length, to);
        buffer_clear(&line);
    }
    emit_close(e);
    buffer_free(&line);
}

static const struct list {
    const char *name;
    void (*fill)(struct inventory *v);
    const struct column *columns;
    unsigned column_count;
} lists[] = {
#define LIST(name, one)                                                                            \
    {                                                                                              \
#name, list_##name, one##_columns, sizeof one##_columns / sizeof one##_columns[0]          \
    }
    LIST(cases, case),
    LIST(accounts, account),
    LIST(sites, site),
    LIST(devices, device),
};

static const struct list *
find_list(const char *what)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(lists[i].name, what) == 0)
            return &lists[i];
    return NULL;
}

bool
analyst_has_list(const char *what)
{
    return find_list(what) != NULL;
}

int
analyst_list(struct analyst *a, const char *what, bool json, FILE *to)
{
    const struct list *list = find_list(what);
    struct inventory v = {
        .analyst = a, .columns = list->columns, .column_count = list->column_count
    };

    list->fill(&v);
    if (v.count > 1)
        qsort(v.rows, v.count, sizeof *v.rows, by_rank);
    if (json)
        print_json(&v, to);
    else
        print_table(&v, to);
    for (size_t r = 0; r < v.count; r++)
        for (unsigned c = 0; c < COLUMNS_MOST; c++)
            free(v.rows[r].cells[c]);
    free(v.rows);
    return v.failed || fflush(to) != 0 ? -1 : 0;
}
