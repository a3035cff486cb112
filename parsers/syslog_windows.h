/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Windows events as agents forward them in syslog: Snare's tab-separated fields (NXLog writes them
 * too), and NXLog's structured data of RFC 5424.
 */
#ifndef PARSERS_SYSLOG_WINDOWS_H
#define PARSERS_SYSLOG_WINDOWS_H

#include "syslog_vendor.h"

struct syslog_event {
    uint64_t number;  /* EventID */
    struct rd source; /* the provider: Microsoft-Windows-Security-Auditing, RemoteAccess ... */
    struct rd text;   /* the message as a person reads it */
    struct rd data;   /* the event's fields as NXLog's structured data; empty from Snare */
};

/* False when the message is no Windows event in one of these forms. */
bool syslog_windows_event(const struct syslog_message *m, struct syslog_event *event);

/* One field of the structured data, escapes left in; false when it is absent, empty or `-`. */
bool syslog_windows_field(const struct syslog_event *event, const char *name, struct rd *value);

/* The same from the text, where it stands between a label and the next, `Account Name:  jdoe
 * Account Domain:`. False as well when one of the labels occurs twice, and so may be a name. */
bool syslog_windows_label(
    const struct syslog_event *event, const char *label, const char *next, struct rd *value);

#endif
