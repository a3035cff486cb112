/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Windows Network Policy Server (Microsoft's RADIUS server): whom it let in, whom it refused, and
 * what gateways accounted for.
 *
 * Read are the security events 6272, 6273, 6276, 6277 and 6278 as agents forward them, and the
 * lines of its log file in the DTS (XML) and the database-compatible format. Words of events are
 * those of an English Windows. Names of directories (domain/Users/Somebody) are no accounts.
 */
#include "login.h"
#include "syslog_windows.h"
#include "text.h"
#include <string.h>

static const struct {
    uint16_t number;
    const char *result;
} events[] = {
    { 6272, "success" }, /* granted access */
    { 6273, "failure" }, /* denied access */
    { 6276, "success" }, /* quarantined: let in, to little */
    { 6277, "success" }, /* granted access on probation */
    { 6278, "success" }, /* granted full access */
};

/* In structured data \ escapes " ] and itself, that of `DOMAIN\user` too. */
static void
put_account(struct fact *f, struct rd name)
{
    char plain[FACT_TEXT_MAX];
    size_t n = 0;

    while (rd_left(&name) > 0 && n < sizeof(plain)) {
        (void)text_take(&name, "\\");
        plain[n++] = (char)rd_u8(&name);
    }
    syslog_account(f, rd_of(plain, n));
}

static void
read_fields(const struct syslog_event *event, struct fact *f)
{
    struct rd value;

    if (syslog_windows_field(event, "SubjectUserName", &value))
        put_account(f, value);
    if (syslog_windows_field(event, "SubjectDomainName", &value))
        fact_text(f, KEY_REALM, value.p, rd_left(&value));
    if (syslog_windows_field(event, "CallingStationID", &value))
        login_calling_station(f, value);
    if (fact_is(f, KEY_RESULT, "failure") && syslog_windows_field(event, "Reason", &value))
        fact_text(f, KEY_REASON, value.p, rd_left(&value));
}

static void
read_labels(const struct syslog_event *event, struct fact *f)
{
    struct rd value;

    if (syslog_windows_label(event, "Account Name:", "Account Domain:", &value))
        syslog_account(f, value);
    if (syslog_windows_label(event, "Account Domain:", "Fully Qualified Account Name:", &value))
        fact_text(f, KEY_REALM, value.p, rd_left(&value));
    if (syslog_windows_label(event, "Calling Station Identifier:", "NAS:", &value))
        login_calling_station(f, value);
}

static bool
read_event(const struct syslog_event *event, struct fact *f)
{
    if (!text_equals(&event->source, "Microsoft-Windows-Security-Auditing"))
        return false;
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        if (events[i].number != event->number)
            continue;
        fact_begin(f, FACT_LOGIN);
        fact_word(f, KEY_RESULT, events[i].result);
        if (rd_left(&event->data) > 0)
            read_fields(event, f);
        else
            read_labels(event, f);
        return fact_has(f, KEY_ACCOUNT);
    }
    return false;
}

/* `<Name data_type="1">value</Name>` */
static bool
take_element(struct rd *r, struct rd *name, struct rd *value)
{
    struct rd type, end;

    return text_take(r, "<") && text_take_until(r, " data_type=\"", name) &&
           text_take_until(r, "\">", &type) && text_take_until(r, "</", value) &&
           text_take_until(r, ">", &end);
}

/* What the log escapes in a value. */
static void
put_escaped_account(struct fact *f, struct rd name)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&apos;", '\'' },
        { "&quot;", '"' } };
    char plain[FACT_TEXT_MAX];
    size_t n = 0;

    while (rd_left(&name) > 0 && n < sizeof(plain)) {
        size_t i = 0;

        while (i < sizeof(entities) / sizeof(*entities) && !text_take(&name, entities[i].entity))
            i++;
        plain[n++] =
            i < sizeof(entities) / sizeof(*entities) ? entities[i].character : (char)rd_u8(&name);
    }
    syslog_account(f, rd_of(plain, n));
}

enum field {
    FIELD_USER,
    FIELD_ACCOUNT,
    FIELD_CALLER,
    FIELD_ENDPOINT,
    FIELD_INSIDE,
    FIELD_SESSION,
    FIELD_PACKET,
    FIELD_STATUS,
    FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = { "User-Name", "SAM-Account-Name",
    "Calling-Station-Id", "Tunnel-Client-Endpt", "Framed-IP-Address", "Acct-Session-Id",
    "Packet-Type", "Acct-Status-Type" };

static void
read_elements(struct rd r, struct rd fields[FIELD_COUNT])
{
    struct rd name, value;

    for (unsigned i = 0; i < FIELD_COUNT; i++)
        fields[i] = (struct rd){ NULL, NULL, true };
    while (take_element(&r, &name, &value))
        for (unsigned i = 0; i < FIELD_COUNT; i++)
            if (text_equals(&name, field_names[i]) && fields[i].p == NULL)
                fields[i] = value;
}

/* Packet-Type: RFC 2865, 3 and RFC 2866, 4. Acct-Status-Type: RFC 2866, 5.1. A request is answered
 * in a line of its own. */
static bool
begin_log_line(const struct rd fields[FIELD_COUNT], struct fact *f)
{
    static const struct {
        const char *packet, *accounting;
        uint8_t kind;
        const char *result, *status;
    } meanings[] = {
        { "2", NULL, FACT_LOGIN, "success", NULL },
        { "3", NULL, FACT_LOGIN, "failure", NULL },
        { "4", "1", FACT_LOGIN, "success", "start" },
        { "4", "3", FACT_LOGIN, "success", "interim" },
        { "4", "2", FACT_LOGOUT, NULL, "stop" },
    };

    for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
        if (!text_equals(&fields[FIELD_PACKET], meanings[i].packet) ||
            (meanings[i].accounting != NULL &&
                !text_equals(&fields[FIELD_STATUS], meanings[i].accounting)))
            continue;
        fact_begin(f, meanings[i].kind);
        if (meanings[i].result != NULL)
            fact_word(f, KEY_RESULT, meanings[i].result);
        if (meanings[i].status != NULL)
            fact_word(f, KEY_STATUS, meanings[i].status);
        return true;
    }
    return false;
}

/* "Interpret NPS Database Format Log Files": computer, service, date, time, type of packet ... */
static bool
read_cells(struct rd r, struct rd fields[FIELD_COUNT])
{
    static const uint8_t places[FIELD_COUNT] = { [FIELD_USER] = 5,
        [FIELD_ACCOUNT] = 6,
        [FIELD_CALLER] = 8,
        [FIELD_INSIDE] = 10,
        [FIELD_PACKET] = 4,
        [FIELD_STATUS] = 31,
        [FIELD_SESSION] = 35 };
    struct rd cell;

    for (unsigned i = 0; i < FIELD_COUNT; i++)
        fields[i] = (struct rd){ NULL, NULL, true };
    for (unsigned place = 0; place <= places[FIELD_SESSION]; place++) {
        if (!syslog_take_cell(&r, &cell) ||
            (place == 1 && !text_equals(&cell, "IAS") && !text_equals(&cell, "RAS")))
            return false;
        for (unsigned i = 0; i < FIELD_COUNT; i++)
            if (places[i] == place && place > 0)
                fields[i] = cell;
    }
    if (text_contains(fields[FIELD_ACCOUNT], "/"))
        fields[FIELD_ACCOUNT] = (struct rd){ NULL, NULL, true };
    return true;
}

static bool
read_log_line(struct rd r, struct fact *f)
{
    struct rd fields[FIELD_COUNT];

    if (text_take(&r, "<Event>"))
        read_elements(r, fields);
    else if (rd_peek(&r) != '"' || !read_cells(r, fields))
        return false;
    if (!begin_log_line(fields, f))
        return false;
    put_escaped_account(f, fields[FIELD_USER]);
    put_escaped_account(f, fields[FIELD_ACCOUNT]);
    login_calling_station(f, fields[FIELD_CALLER]);
    (void)login_address(f, KEY_OUTSIDE, fields[FIELD_ENDPOINT]);
    (void)login_address(f, KEY_INSIDE, fields[FIELD_INSIDE]);
    fact_text(f, KEY_SESSION, fields[FIELD_SESSION].p, rd_left(&fields[FIELD_SESSION]));
    return fact_has(f, KEY_ACCOUNT);
}

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct syslog_event event;

    if (syslog_windows_event(m, &event))
        return read_event(&event, f);
    return read_log_line(m->content, f);
}

const struct syslog_vendor syslog_nps = { "syslog-nps", read };
