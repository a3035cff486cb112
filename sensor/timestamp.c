/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RFC 3339 in UTC without the C library's calendar: gmtime_r() costs a lock and a time zone file,
 * and one line is written for every observation.
 *
 * The calendar is the proleptic Gregorian one, counted in years that begin in March, so that the
 * leap day is a year's last.
 */
#include "timestamp.h"
#include <string.h>

#define US_PER_SECOND INT64_C(1000000)
#define SECONDS_PER_DAY 86400
#define DAYS_PER_ERA 146097           /* 400 years */
#define DAYS_TO_EPOCH 719468          /* 0000-03-01 to 1970-01-01 */
#define FIRST_SECOND (-62167219200LL) /* 0000-01-01T00:00:00Z */
#define LAST_SECOND 253402300799LL    /* 9999-12-31T23:59:59Z */

struct date {
    int64_t year;
    int month, day; /* from 1 */
};

/* Days since 0000-03-01, which must not be before -306 (0000-01-01 is the first date written). */
static struct date
date_of_days(int64_t days)
{
    int64_t shifted = days + DAYS_PER_ERA; /* not negative */
    int64_t era = shifted / DAYS_PER_ERA - 1;
    int64_t of_era = shifted % DAYS_PER_ERA;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153); /* 0 = March; five months in a row have 153 days */
    struct date d;

    d.day = (int)(of_year - (153 * month + 2) / 5) + 1;
    d.month = month < 10 ? month + 3 : month - 9;
    d.year = year + era * 400 + (d.month <= 2 ? 1 : 0);
    return d;
}

static int64_t
days_of_date(const struct date *d)
{
    int64_t year = d->year - (d->month <= 2 ? 1 : 0) + 400; /* not negative */
    int64_t of_era = year % 400;
    int month = d->month > 2 ? d->month - 3 : d->month + 9;
    int64_t of_year = (153 * month + 2) / 5 + d->day - 1;

    return (year / 400 - 1) * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
}

static char *
put_digits(char *at, int64_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + width;
}

/* The number of `width` digits at text[from], or -1. */
static int
get_digits(const char *text, size_t from, size_t width)
{
    int value = 0;

    for (size_t i = from; i < from + width; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

void
timestamp_print(char out[TIMESTAMP_SIZE], int64_t time_us)
{
    int64_t seconds = time_us / US_PER_SECOND, us = time_us % US_PER_SECOND;
    int64_t days, of_day;
    struct date d;
    char *at = out;

    if (us < 0) {
        us += US_PER_SECOND;
        seconds--;
    }
    if (seconds < FIRST_SECOND) {
        seconds = FIRST_SECOND;
        us = 0;
    } else if (seconds > LAST_SECOND) {
        seconds = LAST_SECOND;
        us = US_PER_SECOND - 1;
    }
    of_day = (seconds - FIRST_SECOND) % SECONDS_PER_DAY;
    days = (seconds - of_day) / SECONDS_PER_DAY;
    d = date_of_days(days + DAYS_TO_EPOCH);

    at = put_digits(at, d.year, 4);
    *at++ = '-';
    at = put_digits(at, d.month, 2);
    *at++ = '-';
    at = put_digits(at, d.day, 2);
    *at++ = 'T';
    at = put_digits(at, of_day / 3600, 2);
    *at++ = ':';
    at = put_digits(at, of_day / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, of_day % 60, 2);
    *at++ = '.';
    at = put_digits(at, us, 6);
    *at++ = 'Z';
    *at = '\0';
}

bool
timestamp_parse(const char *text, size_t n, int64_t *time_us)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    struct date d, back;
    int hour, minute, second;
    int64_t days;

    if (n != TIMESTAMP_LENGTH)
        return false;
    for (size_t i = 0; i < n; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    d.year = get_digits(text, 0, 4);
    d.month = get_digits(text, 5, 2);
    d.day = get_digits(text, 8, 2);
    hour = get_digits(text, 11, 2);
    minute = get_digits(text, 14, 2);
    second = get_digits(text, 17, 2);
    if (d.month < 1 || d.month > 12 || d.day < 1 || hour > 23 || minute > 59 || second > 59)
        return false;
    days = days_of_date(&d);
    back = date_of_days(days);
    if (back.day != d.day || back.month != d.month)
        return false; /* 30 February */
    days -= DAYS_TO_EPOCH;
    *time_us = (days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second) * US_PER_SECOND +
               get_digits(text, 20, 6);
    return true;
}
