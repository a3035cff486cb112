/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The one table of options: it checks what was written, tells libcyaml what to load and where,
 * gives the defaults, and prints the configuration.
 *
 * An option says its kind of value and where it lives in the structure of the map that holds it.
 * Maps that only group keys (sensor, limits) share the structure that they stand in; an entry of a
 * list has a structure of its own.
 */
#ifndef CONF_CONFIG_OPTION_H
#define CONF_CONFIG_OPTION_H

#include "config.h"
#include "config_memory.h"

enum config_kind {
    KIND_MAP,
    KIND_LIST,
    KIND_FLAGS, /* a list of words, as bits */
    KIND_WORD,  /* one of words, as its value */
    KIND_NAME,  /* one of words, as text */
    KIND_TEXT,
    KIND_PATH, /* read by us: relative to the folder of the file that names it */
    KIND_BOOL,
    KIND_COUNT,
    KIND_NUMBER,
    KIND_DURATION, /* int64_t microseconds */
    KIND_SECONDS,  /* the same as a double in seconds */
    KIND_DATE,     /* int64_t Unix seconds */
    KIND_PARTIAL_DATE,
    KIND_HOURS,
    KIND_ZONE,
    KIND_COUNTRY,
    KIND_PREFIX,
    KIND_ADDRESS,
    KIND_SITE, /* a prefix or address, as canonical text */
    KIND_ASN,
    KIND_DOMAIN,
    KIND_MAC,
    KIND_DEVICE, /* a MAC or a host name */
    KIND_JA3,
    KIND_LISTEN,
    KIND_URL,
    KIND_COUNT_OF
};

struct config_word {
    const char *text; /* NULL ends the list */
    unsigned value;
};

struct config_option {
    const char *key; /* NULL ends a table */
    enum config_kind kind;
    size_t offset, size;   /* in the structure that holds it; a list's size is its entry's */
    size_t count_offset;   /* LIST: of its unsigned count */
    size_t present_offset; /* of a bool: was it given? 0 = nobody asks */
    size_t line_offset;    /* MAP: of an unsigned that takes its line; 0 = nobody asks */
    const char *initial;   /* default, as YAML; NULL = unset */
    const char *example;   /* shown when unset */
    const char *help;      /* meaning, and the reason of the default */
    double least, most;    /* COUNT and NUMBER; both 0 = any that is not negative */
    bool is_required;
    const struct config_word *words;      /* WORD, FLAGS, NAME */
    const struct config_option *children; /* MAP */
    const struct config_option *entry;    /* LIST */
};

/* The tables. That of the configuration holds the detectors' keys, so it is made for these specs.
 */
const struct config_option *config_options(
    struct config_memory *m, const struct config_detector_spec *specs, unsigned spec_count);

struct config_roster {
    struct config_contractor *list;
    unsigned count;
};
extern const struct config_option config_roster_options[]; /* of struct config_roster */

struct config_indicators {
    struct config_indicator *list;
    unsigned count;
};
extern const struct config_option config_indicator_options[]; /* of struct config_indicators */

extern const struct config_word config_severity_words[];

#endif
