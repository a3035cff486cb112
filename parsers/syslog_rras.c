/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Windows Routing and Remote Access (VPN server): users refused, let in, given an address, gone.
 *
 * Read are the events 20250, 20271, 20272 and 20274 of the source RemoteAccess, in the words of an
 * English Windows.
 */
#include "syslog_windows.h"
#include "text.h"

static const struct {
    uint16_t number;
    struct syslog_pattern line;
} messages[] = {
    { 20250, { "The user {U} has connected and has been successfully authenticated on port {w}.",
                 FACT_LOGIN, "success" } },
    { 20271, { "The user {1} connected from {o} but failed an authentication attempt due to the "
               "following reason: {r}",
                 FACT_LOGIN, "failure" } },
    { 20272, { "The user {1} connected on port {w} on {x} and disconnected on {x}The reason for "
               "disconnecting was {r}. {x}",
                 FACT_LOGOUT, NULL } },
    { 20274, { "The user {U} connected on port {w} has been assigned address {i}", FACT_LOGIN,
                 "success" } },
};

static bool
read(const struct syslog_message *m, struct fact *f)
{
    struct syslog_event event;
    struct rd correlation, text;

    if (!syslog_windows_event(m, &event) || !text_equals(&event.source, "RemoteAccess"))
        return false;
    text = text_trim(event.text);
    if (text_take(&text, "CoI") && !text_take_until(&text, "}: ", &correlation))
        return false;
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
        if (messages[i].number == event.number && syslog_match_any(text, &messages[i].line, 1, f))
            return true;
    return false;
}

const struct syslog_vendor syslog_rras = { "syslog-rras", read };
