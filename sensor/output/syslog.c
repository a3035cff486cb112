/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RFC 5424 messages. Facility authpriv (10): alerts name persons, and that is the one that
 * receivers keep from other users' eyes. The SD-ID stands under enterprise number 32473, which RFC
 * 5612 reserves for examples, since the project has none of its own.
 */
#include "syslog.h"
#include "../../parsers/text.h"
#include "../address.h"
#include "../timestamp.h"
#include "emit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FACILITY 10u
#define HOST_LIMIT 255   /* RFC 5424, 6.2.4 */
#define MSGID_LIMIT 32   /* RFC 5424, 6.2.7 */
#define MESSAGE_ROOM 640 /* kept free for the summary, structured data gets the rest */
#define VALUE_SIZE 512   /* longest value before escaping */
#define BOM "\xef\xbb\xbf"

/* RFC 5424, 6.2.1: critical, error, warning, notice, informational. CEF: 0-10. */
static const struct {
    unsigned syslog, cef;
} severities[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = { 6, 1 },
    [SEVERITY_LOW] = { 5, 3 },
    [SEVERITY_MEDIUM] = { 4, 5 },
    [SEVERITY_HIGH] = { 3, 8 },
    [SEVERITY_CRITICAL] = { 2, 10 },
};

/* A message being put together; what would pass `limit` is refused whole. */
struct message {
    char *out;
    size_t length, limit;
    bool is_full;
};

/* Which characters a value must escape with a backslash, and how it is written. */
struct style {
    const char *escaped;
    const char *before, *between, *after;
};
static const struct style sd_style = { "\"\\]", " ", "=\"", "\"" };
static const struct style cef_style = { "\\=", " ", "=", "" };
static const struct style cef_head_style = { "\\|", "", "", "|" };

static void
put(struct message *m, const char *text)
{
    size_t n = strlen(text);

    if (m->is_full || n > m->limit - m->length) {
        m->is_full = true;
        return;
    }
    memcpy(m->out + m->length, text, n);
    m->length += n;
}

static void
put_escaped(struct message *m, const char *text, const char *escaped)
{
    for (; *text != '\0'; text++) {
        char unit[3] = { *text, '\0', '\0' };

        if (strchr(escaped, *text) != NULL) {
            unit[0] = '\\';
            unit[1] = *text;
        }
        put(m, unit);
    }
}

/* One name and value, whole or not at all; once one did not fit, no later one is taken, so that
 * what is there is always the front of the list. */
static void
put_pair(struct message *m, const struct style *style, const char *name, const char *value)
{
    size_t start = m->length;
    char clean[VALUE_SIZE];

    if (value == NULL || value[0] == '\0' || m->is_full)
        return;
    text_clean(clean, sizeof(clean), value, strlen(value));
    put(m, style->before);
    put(m, name);
    put(m, style->between);
    put_escaped(m, clean, style->escaped);
    put(m, style->after);
    if (m->is_full)
        m->length = start;
}

static void
put_pair_count(struct message *m, const struct style *style, const char *name, uint64_t value)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRIu64, value);
    put_pair(m, style, name, digits);
}

static void
put_pair_time(struct message *m, const char *name, int64_t time_us)
{
    char text[TIMESTAMP_SIZE];

    if (time_us == 0)
        return;
    timestamp_print(text, time_us);
    put_pair(m, &sd_style, name, text);
}

/* A header field: printable ASCII without spaces, "-" when nothing is left. */
static void
put_name(struct message *m, const char *text, size_t limit)
{
    char name[HOST_LIMIT + 1];
    size_t n = 0;

    for (; text != NULL && *text != '\0' && n < limit; text++)
        if (*text > ' ' && *text < 0x7f)
            name[n++] = *text;
    name[n] = '\0';
    put(m, n > 0 ? name : "-");
}

static void
put_header(struct message *m, const struct alert *a, long process)
{
    char text[64], time[TIMESTAMP_SIZE], id[24] = "-";

    if (process != 0)
        snprintf(id, sizeof(id), "%ld", process);
    timestamp_print(time, a->time_us);
    snprintf(text, sizeof(text), "<%u>1 %s ", FACILITY * 8 + severities[a->severity].syslog, time);
    put(m, text);
    put_name(m, a->sensor, HOST_LIMIT);
    snprintf(text, sizeof(text), " farmwatch %s ", id);
    put(m, text);
    put_name(m, a->name, MSGID_LIMIT);
    put(m, " ");
}

static void
put_geo(struct message *m, const struct alert_geo *g)
{
    static const struct geoip_place nowhere = { .kind = GEOIP_UNKNOWN };
    const struct geoip_place *p = g->place == NULL ? &nowhere : g->place;
    char address[ADDRESS_SIZE], value[VALUE_SIZE], asn[24] = "";
    const char *kind = p->kind == GEOIP_UNKNOWN ? "" : geoip_kind_name(p->kind);
    const char *const words[] = { address, p->country, asn, p->organisation, kind };
    size_t n = 0;

    address_print(address, &g->address);
    if (p->asn != 0)
        snprintf(asn, sizeof(asn), "AS%" PRIu32, p->asn);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words) && n < sizeof(value); i++)
        if (words[i][0] != '\0')
            n +=
                (size_t)snprintf(value + n, sizeof(value) - n, "%s%s", n == 0 ? "" : " ", words[i]);
    put_pair(m, &sd_style, "geo", value);
}

static void
put_evidence(struct message *m, const struct alert_evidence *v)
{
    char value[VALUE_SIZE], where[128] = "";

    if (v->capture != NULL && v->packet != 0)
        snprintf(where, sizeof(where), " (%s packet %" PRIu64 ")", v->capture, v->packet);
    snprintf(value, sizeof(value), "%s: %s%s", v->what == NULL ? "" : v->what,
        v->value == NULL ? "" : v->value, where);
    put_pair(m, &sd_style, "evidence", value);
}

/* The alert's fields in the order of their use to a reader of logs: who, where, then why. */
static void
put_data(struct message *m, const struct alert *a)
{
    char id[EMIT_ID_SIZE], loss[EMIT_DECIMAL_SIZE];

    emit_print_id(id, a->id);
    put(m, "[farmwatch@32473");
    put_pair(m, &sd_style, "id", id);
    put_pair(m, &sd_style, "severity", config_severity_name(a->severity));
    put_pair_count(m, &sd_style, "score", (uint64_t)(a->score > 0 ? a->score : 0));
    put_pair_count(m, &sd_style, "count", a->count);
    put_pair(m, &sd_style, "update", a->is_update ? "true" : NULL);
    put_pair_time(m, "first-seen", a->first_seen_us);
    put_pair_time(m, "last-seen", a->last_seen_us);
    put_pair(m, &sd_style, "account", a->subject.account);
    put_pair(m, &sd_style, "contractor", a->subject.contractor);
    put_pair(m, &sd_style, "site", a->subject.site);
    put_pair(m, &sd_style, "device", a->subject.device);
    if (a->geo_count > 0 && a->geo[0].place != NULL)
        put_pair(m, &sd_style, "country", a->geo[0].place->country);
    if (a->capture_loss_pct > 0) {
        emit_print_decimal(loss, a->capture_loss_pct, 2);
        put_pair(m, &sd_style, "capture-loss", loss);
    }
    for (unsigned i = 0; i < a->attack_count; i++)
        put_pair(m, &sd_style, "attack", a->attack[i]);
    for (unsigned i = 0; i < a->geo_count; i++)
        put_geo(m, &a->geo[i]);
    for (unsigned i = 0; i < a->subject.account_count; i++)
        put_pair(m, &sd_style, "accounts", a->subject.accounts[i]);
    for (unsigned i = 0; i < a->finding_count; i++)
        put_pair(m, &sd_style, "finding", a->findings[i].alert);
    for (unsigned i = 0; i < a->evidence_count; i++)
        put_evidence(m, &a->evidence[i]);
    for (unsigned i = 0; i < a->reference_count; i++)
        put_pair(m, &sd_style, "reference", a->references[i]);
    put_pair(m, &sd_style, "action", a->action);
}

size_t
syslog_format(char out[SYSLOG_LIMIT], const struct alert *a, long process)
{
    struct message m = { .out = out, .limit = SYSLOG_LIMIT - MESSAGE_ROOM };
    const char *summary = a->summary == NULL ? "" : a->summary;
    char clean[SYSLOG_LIMIT];

    put_header(&m, a, process);
    put_data(&m, a);
    m.limit = SYSLOG_LIMIT;
    m.is_full = false;
    put(&m, "] " BOM);
    text_clean(clean, SYSLOG_LIMIT - m.length + 1, summary, strlen(summary));
    put(&m, clean);
    return m.length;
}

static void
put_cef_time(struct message *m, const char *name, int64_t time_us)
{
    char text[24];

    if (time_us == 0)
        return;
    snprintf(text, sizeof(text), "%" PRId64, time_us / 1000);
    put_pair(m, &cef_style, name, text);
}

/* ArcSight Common Event Format, version 0: seven fields parted by bars, then key=value, with the
 * dictionary's names (rt, cnt, suser, shost, cs1 ...). */
size_t
syslog_format_cef(char out[SYSLOG_LIMIT], const struct alert *a, long process)
{
    struct message m = { .out = out, .limit = SYSLOG_LIMIT };
    bool has_summary = a->summary != NULL && a->summary[0] != '\0';
    char id[EMIT_ID_SIZE];

    emit_print_id(id, a->id);
    put_header(&m, a, process);
    put(&m, "- CEF:0|farmwatch|farmwatch|");
    put_pair(&m, &cef_head_style, "", FARMWATCH_VERSION);
    put_pair(&m, &cef_head_style, "", a->name);
    put_pair(&m, &cef_head_style, "", has_summary ? a->summary : a->name);
    put_pair_count(&m, &cef_head_style, "", severities[a->severity].cef);
    put(&m, "externalId=");
    put(&m, id);
    put_cef_time(&m, "rt", a->time_us);
    put_cef_time(&m, "start", a->first_seen_us);
    put_cef_time(&m, "end", a->last_seen_us);
    put_pair_count(&m, &cef_style, "cnt", a->count);
    put_pair(&m, &cef_style, "dvchost", a->sensor);
    put_pair(&m, &cef_style, "suser", a->subject.account);
    put_pair(&m, &cef_style, "shost", a->subject.device);
    put_pair(&m, &cef_style, "cs1Label", a->subject.site == NULL ? NULL : "site");
    put_pair(&m, &cef_style, "cs1", a->subject.site);
    put_pair(&m, &cef_style, "cs2Label", a->subject.contractor == NULL ? NULL : "contractor");
    put_pair(&m, &cef_style, "cs2", a->subject.contractor);
    put(&m, " cn1Label=score");
    put_pair_count(&m, &cef_style, "cn1", (uint64_t)(a->score > 0 ? a->score : 0));
    put_pair(&m, &cef_style, "cat", a->attack_count > 0 ? a->attack[0] : NULL);
    put_pair(&m, &cef_style, "msg", a->action);
    return m.length;
}
