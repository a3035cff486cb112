/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of detectors as the configuration wants it, and as --list-detectors prints it.
 */
#include "../analyst.h"
#include "detect.h"

static struct config_detector_spec specs[CONFIG_DETECTORS];

const struct config_detector_spec *
analyst_detector_specs(unsigned *count)
{
    for (unsigned i = 0; i < detect_table_count; i++)
        specs[i] = (struct config_detector_spec){
            .name = detect_table[i]->name,
            .severity = detect_table[i]->severity,
            .weight = detect_table[i]->weight,
            .keys = detect_table[i]->keys,
            .key_count = detect_table[i]->key_count,
        };
    *count = detect_table_count;
    return specs;
}

/* In the largest unit that divides it, as the configuration file has it. */
static void
print_duration(FILE *to, double seconds)
{
    static const struct {
        long seconds;
        char unit;
    } units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
    size_t at = 0;

    while (at + 1 < sizeof units / sizeof units[0] && (long)seconds % units[at].seconds != 0)
        at++;
    fprintf(to, "%ld%c", (long)seconds / units[at].seconds, units[at].unit);
}

static void
print_key(FILE *to, const struct config_detector_key *k)
{
    fprintf(to, "    %-24s ", k->name);
    if (k->type == CONFIG_SEVERITY)
        fprintf(to, "%s", config_severity_name((enum config_severity)k->value));
    else if (k->type == CONFIG_DURATION)
        print_duration(to, k->value);
    else
        fprintf(to, "%g %s", k->value, k->unit == NULL ? "" : k->unit);
    fprintf(to, "%s%s\n", k->source == NULL ? "" : "  # ", k->source == NULL ? "" : k->source);
}

static void
print_texts(FILE *to, const char *title, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        fprintf(to, "    %s %s\n", title, *list);
}

static void
print_attack(FILE *to, const char *const *list)
{
    fputs(*list == NULL ? "    ATT&CK: none" : "    ATT&CK:", to);
    for (; *list != NULL; list++)
        fprintf(to, " %s", *list);
    fputc('\n', to);
}

void
analyst_list_detectors(FILE *to, bool verbose)
{
    for (unsigned i = 0; i < detect_table_count; i++) {
        const struct detector *d = detect_table[i];

        fprintf(to, "%-20s %-9s %4g  %s\n", d->name, config_severity_name(d->severity), d->weight,
            d->about);
        if (!verbose)
            continue;
        fprintf(to, "    rule: %s\n    cannot see: %s\n", d->rule, d->blind);
        for (unsigned k = 0; k < d->key_count; k++)
            print_key(to, &d->keys[k]);
        print_attack(to, d->attack);
        print_texts(to, "source:", d->references);
    }
}
