/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What each kind of value looks like. Strict: a value that needs guessing is refused.
 */
#include "config_text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUTES_A_DAY 1440
#define LONGEST_DURATION_US (3650 * 86400e6) /* ten years: beyond that a unit was mistaken */

/* Smallest first: config_text_duration() wants the largest that divides. */
static const struct {
    const char *name;
    double us;
} units[] = { { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 }, { "h", 3600e6 },
    { "d", 86400e6 } };
#define UNITS (sizeof(units) / sizeof(units[0]))

bool
config_text_read_number(const char *text, double *value)
{
    char *end;

    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    *value = strtod(text, &end);
    return *end == '\0' && end != text && isfinite(*value);
}

void
config_text_number(char to[CONFIG_TEXT_SIZE], double value)
{
    snprintf(to, CONFIG_TEXT_SIZE, "%g", value);
    if (strtod(to, NULL) != value)
        snprintf(to, CONFIG_TEXT_SIZE, "%.17g", value);
}

bool
config_text_read_duration(const char *text, double *us, const char **why)
{
    size_t digits = strspn(text, "0123456789.");
    char number[CONFIG_TEXT_SIZE];
    double value;

    *why = "";
    if (digits == 0 || digits >= sizeof(number))
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    if (!config_text_read_number(number, &value))
        return false;
    if (text[digits] == '\0') {
        *why = "it has no unit";
        return false;
    }
    for (size_t i = 0; i < UNITS; i++)
        if (strcmp(text + digits, units[i].name) == 0) {
            *us = round(value * units[i].us);
            *why = "longer than ten years";
            return *us <= LONGEST_DURATION_US;
        }
    *why = "unknown unit";
    return false;
}

void
config_text_duration(char to[CONFIG_TEXT_SIZE], double us)
{
    size_t best = 0;

    /* 24h says more than 1d, so a unit is taken from two of it on; 1h and 1m are as short. */
    for (size_t i = 0; i < UNITS; i++)
        if (us > 0 && fmod(us, units[i].us) == 0 && us >= (i == UNITS - 1 ? 2 : 1) * units[i].us)
            best = i;
    if (us == 0)
        best = 2; /* seconds */
    snprintf(to, CONFIG_TEXT_SIZE, "%.0f%s", us / units[best].us, units[best].name);
}

/* n digits as a number, or -1. */
static int
digits_at(const char *text, unsigned n)
{
    int value = 0;

    for (unsigned i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool
config_text_read_date(const char *text, int64_t *seconds)
{
    struct tm day = { 0 }, again;
    time_t t;

    if (strlen(text) != strlen("2024-02-29") || text[4] != '-' || text[7] != '-')
        return false;
    day.tm_year = digits_at(text, 4) - 1900;
    day.tm_mon = digits_at(text + 5, 2) - 1;
    day.tm_mday = digits_at(text + 8, 2);
    if (day.tm_year < 70 || day.tm_mon < 0 || day.tm_mday < 1)
        return false;
    again = day;
    t = timegm(&again); /* moves 30 February into March: then it is no date */
    if (again.tm_year != day.tm_year || again.tm_mon != day.tm_mon || again.tm_mday != day.tm_mday)
        return false;
    *seconds = t;
    return true;
}

void
config_text_date(char to[CONFIG_TEXT_SIZE], int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm day;

    gmtime_r(&t, &day);
    strftime(to, CONFIG_TEXT_SIZE, "%Y-%m-%d", &day);
}

bool
config_text_is_partial_date(const char *text)
{
    char whole[CONFIG_TEXT_SIZE];
    size_t length = strlen(text);
    int64_t seconds;

    if (length > strlen("2024-02-29"))
        return false;
    snprintf(whole, sizeof(whole), "%s%s", text,
        length == strlen("2024")      ? "-01-01"
        : length == strlen("2024-02") ? "-01"
                                      : "");
    return config_text_read_date(whole, &seconds);
}

static bool
read_clock(const char *text, int *minutes)
{
    int hour = digits_at(text, 2), minute;

    if (hour < 0 || text[2] != ':')
        return false;
    minute = digits_at(text + 3, 2);
    *minutes = hour * 60 + minute;
    return minute >= 0 && minute < 60 && *minutes <= MINUTES_A_DAY;
}

bool
config_text_read_hours(const char *text, int *from, int *to)
{
    if (strcmp(text, "none") == 0) {
        *from = *to = -1;
        return true;
    }
    if (strlen(text) != strlen("08:00-18:00") || text[5] != '-')
        return false;
    return read_clock(text, from) && read_clock(text + 6, to) && *from < MINUTES_A_DAY &&
           *from != *to;
}

bool
config_text_read_country(const char *text, char code[3])
{
    static const char codes[] =
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICK"
        "CLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGS"
        "GTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULV"
        "LYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPM"
        "PNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTR"
        "TTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

    if (strlen(text) != 2)
        return false;
    code[0] = (char)toupper((unsigned char)text[0]);
    code[1] = (char)toupper((unsigned char)text[1]);
    code[2] = '\0';
    for (const char *at = codes; *at != '\0'; at += 2)
        if (memcmp(at, code, 2) == 0)
            return true;
    return false;
}

bool
config_text_read_mac(const char *text, char to[CONFIG_TEXT_SIZE])
{
    const size_t length = strlen("00:00:00:00:00:00");

    if (strlen(text) != length || (text[2] != ':' && text[2] != '-'))
        return false;
    for (size_t i = 0; i < length; i++) {
        bool is_separator = i % 3 == 2;

        if (is_separator ? text[i] != text[2] : !isxdigit((unsigned char)text[i]))
            return false;
        to[i] = is_separator ? ':' : (char)tolower((unsigned char)text[i]);
    }
    to[length] = '\0';
    return true;
}

bool
config_text_is_domain(const char *text)
{
    const size_t longest_name = 253, longest_label = 63; /* RFC 1035, 2.3.4 */
    size_t label = 0, labels = 0;

    if (strlen(text) > longest_name)
        return false;
    for (const char *p = text;; p++) {
        if (*p == '.' || *p == '\0') {
            if (label == 0 || label > longest_label)
                return false;
            labels++;
            label = 0;
            if (*p == '\0')
                return labels > 1;
        } else if (isalnum((unsigned char)*p) || *p == '-' || *p == '_' || (*p & 0x80) != 0) {
            label++;
        } else {
            return false;
        }
    }
}

static bool
is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long port = strtoul(text, NULL, 10);

    return digits > 0 && digits <= 5 && text[digits] == '\0' && port > 0 && port <= UINT16_MAX;
}

bool
config_text_is_listen(const char *text)
{
    const char *colon = strrchr(text, ':');
    bool is_bracketed = text[0] == '[';
    char host[CONFIG_TEXT_SIZE];
    struct in6_addr address;
    size_t length;

    if (colon == NULL || !is_port(colon + 1))
        return false;
    length = (size_t)(colon - text);
    if (is_bracketed) {
        if (length < 2 || text[length - 1] != ']')
            return false;
        text++;
        length -= 2;
    }
    if (length >= sizeof(host))
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    return inet_pton(is_bracketed ? AF_INET6 : AF_INET, host, &address) == 1;
}

bool
config_text_is_url(const char *text)
{
    static const char *const schemes[] = { "udp://", "tcp://", "tls://" };
    const char *colon = strrchr(text, ':');

    if (strncmp(text, "unix:", strlen("unix:")) == 0)
        return text[strlen("unix:")] != '\0';
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t length = strlen(schemes[i]);

        if (strncmp(text, schemes[i], length) == 0)
            return colon > text + length && is_port(colon + 1);
    }
    return false;
}

void
config_text_prefix(char to[CONFIG_TEXT_SIZE], const struct cidr *c)
{
    bool is_v4 = IN6_IS_ADDR_V4MAPPED(&c->address) && c->bits >= 96;
    unsigned whole = is_v4 ? 32 : 128, bits = is_v4 ? c->bits - 96 : c->bits;
    char address[INET6_ADDRSTRLEN];

    inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? &c->address.s6_addr[12] : c->address.s6_addr,
        address, sizeof(address));
    if (bits == whole)
        snprintf(to, CONFIG_TEXT_SIZE, "%s", address);
    else
        snprintf(to, CONFIG_TEXT_SIZE, "%s/%u", address, bits);
}

void
config_text_write_quoted(FILE *to, const char *text)
{
    fputc('"', to);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(to, "\\%c", *p);
        else if ((unsigned char)*p < ' ' || *p == '\x7f')
            fprintf(to, "\\x%02X", (unsigned)*p);
        else
            fputc(*p, to);
    }
    fputc('"', to);
}

void
config_text_write(FILE *to, const char *text)
{
    static const char safe[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";

    if (isalnum((unsigned char)text[0]) && text[strspn(text, safe)] == '\0')
        fputs(text, to);
    else
        config_text_write_quoted(to, text);
}
