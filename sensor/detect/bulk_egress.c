/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Work that is carried away: a contractor's device sends more to code hosting or cloud storage than
 * in a day of work, or several times what is usual of it. Who is new and who is about to leave
 * takes most: bytes of those days count double.
 */
#include "detect.h"
#include <stdlib.h>
#include <string.h>

enum { KEY_DAY, KEY_RATIO, KEY_FLOOR, KEY_HISTORY, KEY_EDGE };

static const struct config_detector_key keys[] = {
    { "max-megabytes", CONFIG_NUMBER, 1000, "MB", "a day: more than a day's source code" },
    { "median-ratio", CONFIG_NUMBER, 5, "ratio", "of a day to the 30-day median" },
    { "floor-megabytes", CONFIG_NUMBER, 100, "MB", "a day: below, median-ratio says nothing" },
    { "min-history", CONFIG_DURATION, 7 * 86400, "s", "before median-ratio says anything" },
    { "double-days", CONFIG_DURATION, 14 * 86400, "s",
        "after the roster's start and before its end: PSA250123" },
};

static const char *const attack[] = { "T1567", NULL };
static const char *const references[] = {
    "FBI PSA250123, January 2025: DPRK IT workers copy company code repositories to their own "
    "accounts and hold data for ransom",
    "MITRE ATT&CK T1567: exfiltration over web service",
    NULL,
};

#define MEMORY_VERSION 1
#define MEDIAN_DAYS 30
#define DAYS (MEDIAN_DAYS + 1)
#define SERVICES 4 /* of the day, for evidence */
#define SERVICE_NAME 40
#define DAY_S 86400
#define MEGABYTE 1e6

struct history {
    int64_t first_day; /* + 1, so that 0 is none */
    struct history_day {
        int64_t day;
        double bytes; /* doubled where it is */
    } days[DAYS];
    int64_t today, told_day;
    struct history_service {
        char name[SERVICE_NAME];
        double bytes; /* as they were */
        struct claim_source source;
    } services[SERVICES];
};

static const struct memory_field day_memory[] = {
    MEMORY_NUMBER(struct history_day, day),
    MEMORY_NUMBER(struct history_day, bytes),
    MEMORY_END,
};

static const struct memory_field service_memory[] = {
    MEMORY_BYTES(struct history_service, name),
    MEMORY_NUMBER(struct history_service, bytes),
    MEMORY_PART(struct history_service, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_NUMBER(struct history, first_day),
    MEMORY_EACH(struct history, days, day_memory),
    MEMORY_NUMBER(struct history, today),
    MEMORY_NUMBER(struct history, told_day),
    MEMORY_EACH(struct history, services, service_memory),
    MEMORY_END,
};

/* Within so many days after the roster's start, or before its end. */
static bool
is_edge(const struct detect *d, const struct account *a, int64_t day)
{
    int64_t span = (int64_t)(d->own->key[KEY_EDGE] / DAY_S), first, last;

    if (a == NULL || a->contractor == NULL)
        return false;
    first = a->contractor->start / DAY_S;
    last = a->contractor->end / DAY_S;
    return (a->contractor->start != 0 && day >= first && day < first + span) ||
           (a->contractor->end != 0 && day > last - span && day <= last);
}

static void
add_service(struct history *m, const struct detect_event *e)
{
    unsigned at = 0, least = 0;

    while (at < SERVICES && m->services[at].name[0] != '\0' &&
           strncmp(m->services[at].name, e->service, SERVICE_NAME - 1) != 0) {
        least = m->services[at].bytes < m->services[least].bytes ? at : least;
        at++;
    }
    if (at == SERVICES) {
        at = least;
        m->services[at].name[0] = '\0';
    }
    if (m->services[at].name[0] == '\0') {
        snprintf(m->services[at].name, SERVICE_NAME, "%s", e->service);
        m->services[at].bytes = 0;
        m->services[at].source = claim_source_of(e->observation);
    }
    m->services[at].bytes += (double)e->bytes;
}

/* The day's bytes with these. */
static double
add(struct history *m, const struct detect_event *e, int64_t day, double factor)
{
    unsigned slot = (unsigned)(day % DAYS);

    if (m->first_day == 0)
        m->first_day = day + 1;
    if (m->today != day) {
        memset(m->services, 0, sizeof m->services);
        m->today = day;
    }
    if (m->days[slot].day != day) {
        m->days[slot].day = day;
        m->days[slot].bytes = 0;
    }
    m->days[slot].bytes += factor * (double)e->bytes;
    add_service(m, e);
    return m->days[slot].bytes;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of the days before, those without an upload among them; negative when too few are known. */
static double
median(const struct detect *d, const struct history *m, int64_t day)
{
    int64_t known = day - (m->first_day - 1);
    double bytes[MEDIAN_DAYS] = { 0 };
    size_t n = known < MEDIAN_DAYS ? (size_t)known : MEDIAN_DAYS;

    if (n == 0 || (double)known * DAY_S < d->own->key[KEY_HISTORY])
        return -1;
    for (size_t i = 0; i < n; i++) {
        int64_t before = day - 1 - (int64_t)i;

        if (m->days[before % DAYS].day == before)
            bytes[i] = m->days[before % DAYS].bytes;
    }
    qsort(bytes, n, sizeof bytes[0], compare);
    return (bytes[n / 2] + bytes[(n - 1) / 2]) / 2;
}

static void
sight(const struct detect *d, const struct detect_event *e, struct history *m, double today,
    double usual, bool is_double)
{
    struct sighting s;
    char than[96];

    detect_begin(&s, d, e);
    s.is_same_event = m->told_day == m->today + 1;
    m->told_day = m->today + 1;
    for (unsigned i = 0; i < SERVICES; i++)
        if (m->services[i].bytes > 0)
            detect_claim(&s, &m->services[i].source, "upload", "%.1f MB to %s within the day",
                m->services[i].bytes / MEGABYTE, m->services[i].name);
    if (usual >= 0)
        detect_claim(
            &s, NULL, "usual", "%.1f MB a day, the median of the days before", usual / MEGABYTE);
    if (today > d->own->key[KEY_DAY] * MEGABYTE)
        snprintf(than, sizeof than, "more than %.0f MB", d->own->key[KEY_DAY]);
    else
        snprintf(than, sizeof than, "more than %.0f times the usual %.1f MB",
            d->own->key[KEY_RATIO], usual / MEGABYTE);
    detect_say(&s, "%s sent %.0f MB to code hosting or cloud storage in a day%s: %s.",
        detect_who(&s), today / MEGABYTE,
        is_double ? ", counted double at the start or end of the contract" : "", than);
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct zone *zone = e->account == NULL ? NULL : e->account->zone;
    int64_t day = zone_day(zone, e->observation->time_us);
    struct history *m = detect_memory(d, e);
    const double *key = d->own->key;
    double today, usual;
    bool is_double;

    if (m == NULL || day < 0 || (m->today != 0 && day < m->today))
        return; /* told late, of a day that is closed */
    is_double = is_edge(d, e->account, day);
    today = add(m, e, day, is_double ? 2 : 1);
    usual = median(d, m, day);
    if (today > key[KEY_DAY] * MEGABYTE ||
        (usual >= 0 && today > key[KEY_FLOOR] * MEGABYTE && today > key[KEY_RATIO] * usual))
        sight(d, e, m, today, usual, is_double);
}

const struct detector detect_bulk_egress = {
    .name = "bulk-egress",
    .about = "much sent to code hosting or cloud storage in a day",
    .rule = "More than max-megabytes a day (of the claimed zone, else UTC) from a contractor's "
            "device to the services of conf/lists/services.tsv, or more than floor-megabytes and "
            "median-ratio times the median of the 30 days before. Bytes within double-days after "
            "the roster's start or before its end count double.",
    .blind = "Services that are not on the list, private code servers among them; a little each "
             "day; several accounts that share the load; in a split tunnel what does not pass the "
             "sensor; names hidden by ECH.",
    .family = FAMILY_HABIT,
    .signs = FINDING_SIGN_THEFT,
    .severity = SEVERITY_MEDIUM,
    .weight = 1.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask which repository or folder it went to and whose it is; look at the code host's "
              "audit log for clones and pushes of that day.",
    .wants = WANTS(EVENT_UPLOAD),
    .run = run,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
