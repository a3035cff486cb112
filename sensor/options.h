/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The command line: one table of options that parses, checks and prints the help.
 */
#ifndef SENSOR_OPTIONS_H
#define SENSOR_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

/* A list of borrowed argument strings. */
struct options_texts {
    const char **list;
    unsigned count;
};

enum options_action {
    OPTIONS_RUN,
    OPTIONS_TEST,           /* -T */
    OPTIONS_DUMP_CONFIG,    /* --dump-config */
    OPTIONS_LIST_DETECTORS, /* --list-detectors, with -v the rules and keys too */
    OPTIONS_LIST_TOOLS,     /* --list-tools */
    OPTIONS_VERSION,
    OPTIONS_HELP
};

struct options {
    enum options_action action;
    const char *config, *roster, *observations, *analyse, *state, *list, *explain;
    struct options_texts paths, interfaces, outputs, overrides;
    unsigned workers; /* 0 = choose */
    bool quiet, verbose;
    char *filter; /* the trailing words, joined; NULL when there are none */
};

/* 0, or -1 after a message on stderr. The result points into argv; options_free() releases the
 * lists. */
int options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);
void options_print_help(FILE *to);

#endif
