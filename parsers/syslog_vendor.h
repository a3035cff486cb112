/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between the syslog frame (syslog.c) and the vendors' files (syslog_*.c), one each.
 *
 * Names and client descriptions inside a log line are chosen by whoever connects. A pattern
 * therefore says which field is such text, and a line that could be read two ways is not read.
 */
#ifndef PARSERS_SYSLOG_VENDOR_H
#define PARSERS_SYSLOG_VENDOR_H

#include "fact.h"
#include "rd.h"

struct syslog_message {
    struct rd host;    /* empty when the header names none */
    struct rd app;     /* RFC 5424 APP-NAME, RFC 3164 TAG without [pid]; empty when there is none */
    struct rd data;    /* RFC 5424 STRUCTURED-DATA as written; empty when there is none */
    struct rd content; /* behind the header, TAG included (RFC 3164) */
    struct rd text;    /* behind the TAG, trimmed */
};

/* What one line means: a pattern, and the fact when it fits. */
struct syslog_pattern {
    const char *pattern;
    uint8_t kind; /* enum fact_kind */
    const char *result;
};

/* Fits the whole text to a pattern of literals and fields and puts the fields into *f; false, with
 * *f as it was, when it does not fit. A field ends where the literal behind it first begins:
 *   {x} anything         {u} account          {o} outside (must be an address)
 *   {i} inside           {s} session          {r} reason
 *   {h} host name        {c} client software
 *   {p} a calling station, address or MAC        {w} one word, no space in it
 * {U} is an account that may hold the literal behind it: it ends where that last begins, so nothing
 * behind it may be text chosen by the client. {1} is an account behind which such text does stand:
 * the literal behind it must occur only once. */
bool syslog_match(struct rd text, const char *pattern, struct fact *f);

/* The first pattern that fits begins and fills *f; false when none does. */
bool syslog_match_any(
    struct rd text, const struct syslog_pattern *patterns, size_t count, struct fact *f);

/* An account unless it is empty or masked (*****). */
void syslog_account(struct fact *f, struct rd name);

/* Takes the next `key=value`; the value without the quotes, double or single, around it, in which
 * \ escapes. False at the end and at anything else. */
bool syslog_take_pair(struct rd *r, struct rd *key, struct rd *value);
/* The values of the keys named, each where its name stands; the first of a key that is repeated,
 * values that say nothing left out. False when one of these keys is repeated. */
bool syslog_read_pairs(struct rd r, const char *const names[], struct rd values[], size_t count);

/* The next of comma-separated values without its quotes; a doubled quote stays doubled. False when
 * quotes do not pair. */
bool syslog_take_cell(struct rd *r, struct rd *value);

struct syslog_vendor {
    const char *method; /* syslog-cisco-asa ... */
    /* True when the line is a login or logout of this vendor; *f is complete but for method and
     * gateway. */
    bool (*read)(const struct syslog_message *m, struct fact *f);
};

extern const struct syslog_vendor syslog_asa, syslog_ise, syslog_fortigate, syslog_globalprotect,
    syslog_openvpn, syslog_ocserv, syslog_ivanti, syslog_pfsense, syslog_strongswan,
    syslog_mikrotik, syslog_sonicwall, syslog_nps, syslog_rras;

#endif
