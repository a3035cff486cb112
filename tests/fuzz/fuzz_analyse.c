/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lines of observations, as a sensor or a stranger may send them, through the reader and the whole
 * analysis: every alert has its name, subject, sentence and evidence, scores stay within 0 and 100,
 * and all tables keep their smallest limits.
 *
 * Input: a number that skews the lines' times (1), then lines of JSON. One analysis lives through
 * many inputs, since to open one reads all lists; a finding that needs an earlier input's state
 * shows again only with LIVES 1.
 */
#include "../../sensor/analyst.h"
#include "../../sensor/geo.h"
#include "../../sensor/output/observation_read.h"
#include <stdlib.h>
#include <string.h>

#define LIMIT 16 /* the least that the configuration takes */
#define LIVES 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(void *context, const struct alert *a)
{
    uint64_t *alerts = context;

    ++*alerts;
    if (a->name == NULL || a->summary == NULL || a->summary[0] == '\0' || a->score < 0 ||
        a->score > 100 || a->severity >= SEVERITY_COUNT || a->count == 0)
        abort();
    if (a->subject.account == NULL && a->subject.site == NULL)
        abort();
    if (a->first_seen_us > a->last_seen_us || a->evidence_count == 0)
        abort();
    for (unsigned i = 0; i < a->evidence_count; i++)
        if (a->evidence[i].what == NULL || a->evidence[i].packet_count > ALERT_PACKETS)
            abort();
}

static const struct config *
load_config(void)
{
    static const char *const overrides[] = { "limits.accounts=16", "limits.sites=16" };
    static const struct config *config;
    struct config_request request = { .overrides = overrides,
        .override_count = sizeof overrides / sizeof overrides[0] };

    if (config == NULL) {
        request.specs = analyst_detector_specs(&request.spec_count);
        config = config_load(&request);
    }
    if (config == NULL)
        abort();
    return config;
}

static const struct geoip *
load_geoip(const struct config *config)
{
    static const struct geoip *geoip;
    char error[256];

    if (geoip == NULL && (geoip = geo_open(config, error, sizeof error)) == NULL)
        abort();
    return geoip;
}

static struct analyst *
open_analyst(void)
{
    static uint64_t alerts;
    const struct config *config = load_config();
    struct analyst_request request = {
        .config = config, .geoip = load_geoip(config), .alert = check, .context = &alerts
    };

    return analyst_open(&request);
}

static void
observe_lines(struct analyst *a, const uint8_t *data, size_t size, int64_t skew_us)
{
    struct observation o;
    uint64_t unknown = 0;

    for (size_t at = 0, line = 0; at < size; line++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t n = end == NULL ? size - at : (size_t)(end - data) - at;

        if (observation_read_json(data + at, n, &o, &unknown) == NULL) {
            /* Days pass between lines, so that windows and leases run out. */
            if (o.time_us < INT64_MAX / 2)
                o.time_us += skew_us * (int64_t)line;
            analyst_observe(a, &o);
        }
        at += n + 1;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct analyst *a;
    static unsigned lived;
    struct analyst_summary summary;

    if (size == 0 || (a == NULL && (a = open_analyst()) == NULL))
        return 0;
    observe_lines(a, data + 1, size - 1, (int64_t)data[0] * data[0] * 1000000);
    analyst_finish(a);
    analyst_get_summary(a, &summary);
    if (summary.accounts > LIMIT || summary.sites > LIMIT)
        abort();
    if (++lived % LIVES == 0) {
        analyst_close(a);
        a = NULL;
    }
    return 0;
}
