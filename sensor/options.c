/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The command line: one table of options that parses, checks and prints the help. Habits are
 * tcpdump's and Suricata's: short options for daily use, the filter as trailing words.
 */
#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_FLAG, OPTION_ACTION };

#define WORKERS_MAX 64 /* as sensor.workers */

struct option_row {
    const char *name; /* with its dashes */
    enum option_kind kind;
    size_t offset;              /* where it goes in struct options */
    enum options_action action; /* OPTION_ACTION */
    const char *argument;       /* the value's name in the help; NULL for none */
    const char *help;
};

#define AT(field) offsetof(struct options, field)

static const struct option_row option_table[] = {
    { "-r", OPTION_LIST, AT(paths), 0, "PATH",
        "read a capture file, every one in a folder, or - (stdin)" },
    { "-i", OPTION_LIST, AT(interfaces), 0, "IFACE", "watch an interface" },
    { "-c", OPTION_TEXT, AT(config), 0, "FILE", "configuration (YAML); without one, defaults" },
    { "-T", OPTION_ACTION, 0, OPTIONS_TEST, NULL,
        "test the configuration and exit: 0 good, 2 bad" },
    { "-j", OPTION_NUMBER, AT(workers), 0, "N", "workers; the same output whatever N in replay" },
    { "-o", OPTION_LIST, AT(outputs), 0, "SPEC",
        "yaml[:PATH] json[:PATH] syslog:udp://H:P syslog:tcp://H:P syslog:unix:PATH" },
    { "--observations", OPTION_TEXT, AT(observations), 0, "SPEC",
        "also write every observation: json:PATH or yaml:PATH" },
    { "--analyse", OPTION_TEXT, AT(analyse), 0, "PATH",
        "read observations (JSON lines, - for stdin) instead of packets" },
    { "--set", OPTION_LIST, AT(overrides), 0, "KEY=VALUE", "override one configuration key" },
    { "--roster", OPTION_TEXT, AT(roster), 0, "FILE", "contractors and what they claim" },
    { "--state", OPTION_TEXT, AT(state), 0, "FILE",
        "go on from what FILE knows, and keep in it what becomes known" },
    { "--list", OPTION_TEXT, AT(list), 0, "WHAT",
        "of the state file: cases, accounts, sites or devices, as a table; -o json:- as JSON "
        "lines" },
    { "--explain", OPTION_TEXT, AT(explain), 0, "ID",
        "why this alert: rule, thresholds, evidence, arithmetic; of the state file, or after a "
        "replay" },
    { "--dump-config", OPTION_ACTION, 0, OPTIONS_DUMP_CONFIG, NULL,
        "print the configuration in effect, every key" },
    { "--list-detectors", OPTION_ACTION, 0, OPTIONS_LIST_DETECTORS, NULL,
        "what is detected; with -v rules, keys and blind spots" },
    { "--list-tools", OPTION_ACTION, 0, OPTIONS_LIST_TOOLS, NULL,
        "the remote-control tools, VPNs and KVMs known by name" },
    { "-q", OPTION_FLAG, AT(quiet), 0, NULL, "no summary, no progress; errors only" },
    { "-v", OPTION_FLAG, AT(verbose), 0, NULL, "more detail in the summary and the lists" },
    { "-V", OPTION_ACTION, 0, OPTIONS_VERSION, NULL, "version of this program and its libraries" },
    { "-h", OPTION_ACTION, 0, OPTIONS_HELP, NULL, "this help" },
};

#define OPTION_COUNT (sizeof option_table / sizeof option_table[0])

static bool
takes_value(const struct option_row *row)
{
    return row->kind == OPTION_TEXT || row->kind == OPTION_LIST || row->kind == OPTION_NUMBER;
}

static const struct option_row *
option_find(const char *argument, const char **attached)
{
    *attached = NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_table[i];
        size_t n = strlen(row->name);

        if (strcmp(argument, row->name) == 0)
            return row;
        if (!takes_value(row) || strncmp(argument, row->name, n) != 0)
            continue;
        if (row->name[1] == '-' && argument[n] == '=') { /* --set=k=v */
            *attached = argument + n + 1;
            return row;
        }
        if (row->name[1] != '-') { /* -j2 */
            *attached = argument + n;
            return row;
        }
    }
    if (strcmp(argument, "--help") == 0)
        return option_find("-h", attached);
    if (strcmp(argument, "--version") == 0)
        return option_find("-V", attached);
    return NULL;
}

static int
list_add(struct options_texts *list, const char *text)
{
    const char **grown = realloc(list->list, (list->count + 1) * sizeof *grown);

    if (grown == NULL) {
        fprintf(stderr, "farmwatch: out of memory\n");
        return -1;
    }
    grown[list->count++] = text;
    list->list = grown;
    return 0;
}

static int
number_parse(const char *name, const char *text, unsigned *out)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value == 0 || value > WORKERS_MAX) {
        fprintf(stderr, "farmwatch: %s: expected a number from 1 to %d, not '%s'\n", name,
            WORKERS_MAX, text);
        return -1;
    }
    *out = (unsigned)value;
    return 0;
}

static int
option_apply(struct options *o, const struct option_row *row, const char *value)
{
    void *at = (char *)o + row->offset;

    switch (row->kind) {
    case OPTION_TEXT:
        *(const char **)at = value;
        return 0;
    case OPTION_LIST:
        return list_add(at, value);
    case OPTION_NUMBER:
        return number_parse(row->name, value, at);
    case OPTION_FLAG:
        *(bool *)at = true;
        return 0;
    case OPTION_ACTION:
        o->action = row->action;
        return 0;
    }
    return -1;
}

static int
filter_join(struct options *o, int count, char **words)
{
    size_t n = 1;
    char *at;

    if (count == 0)
        return 0;
    for (int i = 0; i < count; i++)
        n += strlen(words[i]) + 1;
    at = o->filter = calloc(1, n);
    if (o->filter == NULL)
        return -1;
    for (int i = 0; i < count; i++) {
        if (i > 0)
            *at++ = ' ';
        at = stpcpy(at, words[i]);
    }
    return 0;
}

static bool
is_json_on_stdout(const struct options_texts *outputs)
{
    return outputs->count == 1 &&
           (strcmp(outputs->list[0], "json:-") == 0 || strcmp(outputs->list[0], "json") == 0);
}

/* What cannot go together, in one place. */
static int
options_check(const struct options *o)
{
    int inputs = (o->paths.count > 0) + (o->interfaces.count > 0) + (o->analyse != NULL);
    const char *why = NULL;

    if (inputs > 1)
        why = "-r, -i and --analyse exclude each other";
    else if (o->analyse != NULL && o->filter != NULL)
        why = "--analyse takes no packet filter";
    else if (o->list != NULL && (inputs > 0 || o->explain != NULL))
        why = "--list reads the state file alone";
    else if (o->list != NULL && o->outputs.count > 0 && !is_json_on_stdout(&o->outputs))
        why = "--list prints a table, or JSON lines with -o json:-";
    else if (o->explain != NULL && o->interfaces.count > 0)
        why = "--explain goes with a replay, or with the state file alone";
    if (why == NULL)
        return 0;
    fprintf(stderr, "farmwatch: %s\n", why);
    return -1;
}

int
options_parse(struct options *o, int argc, char **argv)
{
    int i;

    *o = (struct options){ .action = OPTIONS_RUN };
    for (i = 1; i < argc; i++) {
        const struct option_row *row;
        const char *value;

        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0')
            break;
        row = option_find(argv[i], &value);
        if (row == NULL) {
            fprintf(stderr, "farmwatch: unknown option '%s' (-h for help)\n", argv[i]);
            return -1;
        }
        if (takes_value(row) && value == NULL) {
            if (i + 1 >= argc) {
                fprintf(stderr, "farmwatch: %s needs %s\n", row->name, row->argument);
                return -1;
            }
            value = argv[++i];
        }
        if (option_apply(o, row, value) != 0)
            return -1;
    }
    if (filter_join(o, argc - i, argv + i) != 0)
        return -1;
    return options_check(o);
}

void
options_free(struct options *o)
{
    free(o->paths.list);
    free(o->interfaces.list);
    free(o->outputs.list);
    free(o->overrides.list);
    free(o->filter);
    *o = (struct options){ 0 };
}

void
options_print_help(FILE *to)
{
    fputs("farmwatch: finds relayed remote workers in network traffic\n\n"
          "  farmwatch [-c FILE] -r PATH [-r PATH ...] [BPF expression]    replay captures\n"
          "  farmwatch [-c FILE] -i IFACE [-i IFACE ...] [BPF expression]  watch\n"
          "  farmwatch [-c FILE] --analyse PATH                            stored observations\n"
          "  farmwatch [-c FILE] --state FILE --list WHAT | --explain ID   what is known\n\n",
        to);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_table[i];
        char left[40];

        snprintf(left, sizeof left, "%s %s", row->name, row->argument == NULL ? "" : row->argument);
        fprintf(to, "  %-22s %s\n", left, row->help);
    }
    fputs("\nexit status: 0 done; 1 an input or output failed (said on stderr, the rest was "
          "processed);"
          " 2 usage or configuration\n",
        to);
}
