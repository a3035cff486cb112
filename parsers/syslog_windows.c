/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Windows events in syslog: fields by place (Snare) or by name (NXLog).
 *
 * Snare: "MSWinEventLog", then criticality, log, counter, time, event id, source, user, type of
 * SID, type of event, computer, category, data, text, checksum. rsyslog writes a tab that it
 * relays as #011.
 */
#include "syslog_windows.h"
#include "text.h"

#define SNARE_FIELDS 13 /* behind the word, up to the text */

enum snare_place { SNARE_EVENT_ID = 4, SNARE_SOURCE = 5, SNARE_TEXT = 12 };

static bool
read_snare(struct rd r, struct syslog_event *event)
{
    struct rd fields[SNARE_FIELDS], before;
    const char *tab = "\t";

    if (!text_take_until(&r, "MSWinEventLog", &before) || text_contains(before, ":"))
        return false;
    if (!text_take(&r, tab)) {
        tab = "#011";
        if (!text_take(&r, tab))
            return false;
    }
    for (unsigned i = 0; i < SNARE_FIELDS; i++)
        if (!text_take_until(&r, tab, &fields[i])) {
            if (i != SNARE_TEXT)
                return false;
            fields[i] = text_take_rest(&r);
        }
    event->source = fields[SNARE_SOURCE];
    event->text = fields[SNARE_TEXT];
    return text_to_number(fields[SNARE_EVENT_ID], &event->number);
}

/* NXLog's enterprise number stands in the name of its element. */
static bool
read_nxlog(const struct syslog_message *m, struct syslog_event *event)
{
    struct rd data = m->data, number;

    if (!text_take(&data, "[NXLOG@14506 "))
        return false;
    event->source = m->app;
    event->text = m->text;
    event->data = m->data;
    return syslog_windows_field(event, "EventID", &number) &&
           text_to_number(number, &event->number);
}

bool
syslog_windows_event(const struct syslog_message *m, struct syslog_event *event)
{
    static const struct rd nothing = { NULL, NULL, true };

    *event = (struct syslog_event){ 0, nothing, nothing, nothing };
    return read_nxlog(m, event) || read_snare(m->content, event);
}

static bool
says_nothing(const struct rd *value)
{
    return rd_left(value) == 0 || text_equals(value, "-");
}

/* PARAM-NAME="PARAM-VALUE", in which \ escapes: RFC 5424, 6.3. */
bool
syslog_windows_field(const struct syslog_event *event, const char *name, struct rd *value)
{
    struct rd r = event->data, before, key;

    while (text_take_until(&r, "=\"", &before)) {
        const uint8_t *from = r.p;

        while (rd_left(&r) > 0 && rd_peek(&r) != '"')
            rd_skip(&r, rd_peek(&r) == '\\' ? 2 : 1);
        if (!r.ok || rd_left(&r) == 0)
            return false;
        *value = rd_of(from, (size_t)(r.p - from));
        rd_skip(&r, 1);
        if (!text_take_until_last(&before, " ", &key))
            return false;
        if (text_equals(&before, name))
            return !says_nothing(value);
    }
    return false;
}

bool
syslog_windows_label(
    const struct syslog_event *event, const char *label, const char *next, struct rd *value)
{
    struct rd r = event->text, before;

    if (!text_take_until(&r, label, &before) || !text_take_until(&r, next, value) ||
        text_contains(*value, label) || text_contains(r, next))
        return false;
    *value = text_trim(*value);
    return !says_nothing(value);
}
