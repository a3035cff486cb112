/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The order of things: arguments, configuration, databases and outputs, then packets or stored
 * observations through the analyst, then what was lost or not understood. Decides nothing about
 * traffic.
 */
#include "../conf/list.h"
#include "analyst.h"
#include "capture.h"
#include "geo.h"
#include "log.h"
#include "options.h"
#include "output/output.h"
#include "pipeline.h"
#include "policy.h"
#include "privilege.h"
#include "progress.h"
#include "resume.h"
#include "startcheck.h"
#include "state.h"
#include "summary.h"
#include "version.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum exit_status { EXIT_DONE = 0, EXIT_IO_FAILED = 1, EXIT_USAGE = 2 };

/* Everything one run holds; released in one place. */
struct run {
    struct options options;
    struct config *config;
    struct geoip *geoip;
    struct watch *watch;
    struct outputs *outputs;
    struct analyst *analyst;
    struct state *state;   /* NULL: none is kept */
    struct resume *resume; /* sessions that were open when the last run ended */
    struct timespec saved;
    uint64_t saves_failed;
    struct pipeline_summary packets;
};

static bool
has_input(const struct run *run)
{
    const struct options *o = &run->options;

    return o->paths.count + o->interfaces.count > 0 || o->analyse != NULL;
}

static void
say_note(void *context, const char *line)
{
    (void)context;
    log_note("%s", line);
}

/* What does nothing in this run, or is old, so that nobody relies on it. */
static void
say_weak(const struct run *run)
{
    const struct config *c = run->config;

    if (c->metrics_listen != NULL)
        log_note("metrics.listen: this version serves no metrics");
    if (!c->sensor.has_location)
        log_note("no sensor.location: path-too-long and path-too-short stand down");
    for (unsigned i = 0; i < c->output_count; i++)
        if ((c->outputs[i].what & OUTPUT_HEALTH) != 0)
            log_note("outputs: this version writes no health records");
    geo_say_age(run->geoip, (int64_t)time(NULL), say_note, NULL);
}

static int
load_config(struct run *run)
{
    struct config_request request = { .path = run->options.config,
        .overrides = run->options.overrides.list,
        .override_count = run->options.overrides.count,
        .roster = run->options.roster,
        .state = run->options.state,
        .message = log_message };

    request.specs = analyst_detector_specs(&request.spec_count);
    run->config = config_load(&request);
    if (run->config == NULL)
        return -1;
    return 0;
}

static int
load_databases(struct run *run)
{
    char error[512];

    run->geoip = geo_open(run->config, error, sizeof error);
    if (run->geoip == NULL) {
        log_failure("%s", error);
        return -1;
    }
    run->watch = watch_open(run->config, run->geoip);
    if (run->watch == NULL) {
        log_failure("out of memory for the lists of watched networks");
        return -1;
    }
    return 0;
}

static void
write_alert(void *context, const struct alert *a)
{
    const struct run *run = context;

    outputs_alert(run->outputs, a);
}

static struct outputs_request
wanted_outputs(const struct run *run)
{
    static const char *const nowhere[] = { "yaml:/dev/null" };
    struct outputs_request request = { .config = run->config,
        .specs = run->options.outputs.list,
        .spec_count = run->options.outputs.count,
        .observations = run->options.observations,
        .replay = run->options.interfaces.count == 0,
        .message = log_message };

    /* An explanation stands alone on standard output. */
    if (run->options.explain != NULL && request.spec_count == 0 && run->config->output_count == 0) {
        request.specs = nowhere;
        request.spec_count = 1;
    }
    return request;
}

static bool
is_live(const struct run *run)
{
    return run->options.interfaces.count > 0;
}

static int
open_resume(struct run *run)
{
    size_t count = analyst_get_open(run->analyst, NULL, 0);
    struct resumed *list = count == 0 ? NULL : calloc(count, sizeof *list);

    if (list != NULL) {
        (void)analyst_get_open(run->analyst, list, count);
        run->resume = resume_open(list, count);
    }
    free(list);
    if (count == 0 || run->resume != NULL)
        return 0;
    log_failure("out of memory for the sessions that were open");
    return -1;
}

/* What the last run knew. */
static int
open_state(struct run *run, bool writes)
{
    char error[512];

    if (run->config->state_path == NULL || (writes && !is_live(run) && run->options.state == NULL))
        return 0;
    run->state = state_open(run->config->state_path, writes, error, sizeof error);
    if (run->state == NULL) {
        log_failure("%s", error);
        return -1;
    }
    if (analyst_load(run->analyst, run->state, is_live(run)) != 0) {
        log_failure("%s", state_error(run->state));
        return -1;
    }
    return open_resume(run);
}

static int
save_state(struct run *run, bool last)
{
    if (run->state == NULL || analyst_save(run->analyst, run->state, last) == 0)
        return 0;
    run->saves_failed++;
    log_failure("%s; what is known is kept in memory and written later", state_error(run->state));
    return -1;
}

/* A replay of what lies in files begins anew when it is broken off. */
static bool
is_fed_live(const struct run *run)
{
    return is_live(run) || (run->options.analyse != NULL && strcmp(run->options.analyse, "-") == 0);
}

/* Once a second; a replay is stored at its end. */
static void
save_when_due(struct run *run)
{
    struct timespec now;

    if (run->state == NULL || !is_fed_live(run))
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec == run->saved.tv_sec)
        return;
    run->saved = now;
    (void)save_state(run, false);
}

static int
open_analyst(struct run *run)
{
    const struct analyst_request analyst = {
        .config = run->config, .geoip = run->geoip, .alert = write_alert, .context = run
    };

    run->analyst = analyst_open(&analyst);
    if (run->analyst != NULL)
        return 0;
    log_failure("out of memory for the tables of accounts and sites");
    return -1;
}

static int
open_all(struct run *run)
{
    const struct outputs_request outputs = wanted_outputs(run);

    run->outputs = outputs_open(&outputs);
    return run->outputs == NULL || open_analyst(run) != 0 ? -1 : open_state(run, true);
}

/* Of the state file alone, without packets: a list, or why an alert was raised. */
static int
answer(struct run *run)
{
    const struct options *o = &run->options;

    if (o->list != NULL && !analyst_has_list(o->list)) {
        log_failure("--list: expected cases, accounts, sites or devices, not '%s'", o->list);
        return EXIT_USAGE;
    }
    if (run->config->state_path == NULL) {
        log_failure("%s needs --state FILE%s", o->list != NULL ? "--list" : "--explain",
            o->list != NULL ? "" : " or a replay");
        return EXIT_USAGE;
    }
    if (open_analyst(run) != 0 || open_state(run, false) != 0)
        return EXIT_USAGE;
    if (o->list != NULL)
        return analyst_list(run->analyst, o->list, o->outputs.count > 0, stdout) == 0
                   ? EXIT_DONE
                   : EXIT_IO_FAILED;
    return analyst_explain(run->analyst, o->explain, stdout, stderr) == 0 ? EXIT_DONE
                                                                          : EXIT_IO_FAILED;
}

static void
take_observation(void *context, const struct observation *o)
{
    struct run *run = context;

    outputs_observation(run->outputs, o);
    analyst_observe(run->analyst, o);
    save_when_due(run);
}

static void
drop_privileges(void *context)
{
    const struct run *run = context;
    char error[256];

    if (privilege_drop(run->config->sensor.run_as, error, sizeof error) != 0) {
        log_failure("%s", error);
        exit(EXIT_USAGE);
    }
    if (run->state != NULL)
        state_start_thread(run->state);
    for (unsigned i = 0; i < run->options.interfaces.count; i++)
        log_note("listening on %s", run->options.interfaces.list[i]);
}

static void
serve_outputs(void *context)
{
    struct run *run = context;

    outputs_idle(run->outputs);
    save_when_due(run);
}

static bool
is_watched(void *context, const struct in6_addr *address)
{
    return watch_holds(context, address);
}

static void
stop_on_signal(int signal_number)
{
    (void)signal_number;
    pipeline_stop();
}

/* A terminal that hangs up ends the run as well, unless nohup(1) says otherwise. */
static void
stop_on_signals(void)
{
    const struct sigaction stop = { .sa_handler = stop_on_signal };
    struct sigaction inherited;

    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    if (sigaction(SIGHUP, NULL, &inherited) == 0 && inherited.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &stop, NULL);
}

static int
read_packets(struct run *run)
{
    const struct options *o = &run->options;
    const struct session_policy policy = policy_of_sessions(run->config);
    const struct pipeline_request request = { .config = run->config,
        .policy = &policy,
        .paths = o->paths.count == 0 ? NULL : o->paths.list,
        .path_count = o->paths.count,
        .interfaces = o->interfaces.list,
        .interface_count = o->interfaces.count,
        .filter = o->filter != NULL ? o->filter : run->config->sensor.filter,
        .workers = o->workers != 0 ? o->workers : run->config->sensor.workers,
        .observe = take_observation,
        .context = run,
        .message = log_message,
        .ready = drop_privileges,
        .progress = progress_show,
        .idle = serve_outputs,
        .is_watched = is_watched,
        .watch_context = run->watch,
        .resume = run->resume,
        .leaves_open = run->state != NULL };
    int status;

    stop_on_signals();
    status = pipeline_run(&request, &run->packets);
    progress_end();
    return status;
}

static int
run_analysis(struct run *run)
{
    struct analyst_summary summary;
    int status, lost, unsaved;

    if (run->options.analyse != NULL)
        status = observations_read(run->options.analyse, take_observation, run, log_message, NULL);
    else
        status = read_packets(run);
    if (status == EXIT_USAGE)
        return status;
    if (run->state != NULL)
        analyst_pause(run->analyst);
    unsaved = save_state(run, true);
    if (run->state == NULL || !is_live(run)) /* a sensor comes again */
        analyst_finish(run->analyst);
    if (run->saves_failed > 1)
        log_failure("state: it could not be written %" PRIu64 " times", run->saves_failed);
    lost = outputs_close(run->outputs);
    run->outputs = NULL;
    analyst_get_summary(run->analyst, &summary);
    analyst_report_suppress(run->analyst, say_note, NULL);
    summary_print(run->options.analyse == NULL ? &run->packets : NULL, &summary);
    if (run->options.explain != NULL &&
        analyst_explain(run->analyst, run->options.explain, stdout, stderr) != 0)
        return EXIT_IO_FAILED;
    return lost != 0 || unsaved != 0 ? EXIT_IO_FAILED : status;
}

/* Interfaces of the configuration when no input is named. */
static int
take_configured_interfaces(struct run *run)
{
    struct options_texts *to = &run->options.interfaces;
    const struct config_texts *configured = &run->config->sensor.interfaces;

    if (has_input(run) || configured->count == 0)
        return 0;
    to->list = calloc(configured->count, sizeof *to->list);
    if (to->list == NULL) {
        log_failure("out of memory");
        return -1;
    }
    memcpy(to->list, configured->list, configured->count * sizeof *to->list);
    to->count = configured->count;
    return 0;
}

/* -T, or packets and observations. */
static int
begin(struct run *run)
{
    if (take_configured_interfaces(run) != 0)
        return EXIT_USAGE;
    if (run->options.action == OPTIONS_TEST) {
        const struct outputs_request outputs = wanted_outputs(run);

        say_weak(run);
        if (!startcheck(run->config, &run->options, &outputs))
            return EXIT_USAGE;
        log_note("the configuration is good");
        return EXIT_DONE;
    }
    if (!has_input(run)) {
        log_failure("nothing to read: give -r PATH, -i IFACE or --analyse PATH (-h for help)");
        return EXIT_USAGE;
    }
    say_weak(run);
    if (!startcheck_interfaces(&run->options.interfaces) || open_all(run) != 0)
        return EXIT_USAGE;
    return run_analysis(run);
}

static int
act(struct run *run)
{
    const struct config_detector_spec *specs;
    unsigned spec_count;

    switch (run->options.action) {
    case OPTIONS_HELP:
        options_print_help(stdout);
        return EXIT_DONE;
    case OPTIONS_VERSION:
        version_print(stdout);
        return EXIT_DONE;
    case OPTIONS_LIST_DETECTORS:
        analyst_list_detectors(stdout, run->options.verbose);
        return EXIT_DONE;
    case OPTIONS_LIST_TOOLS:
        geo_list_tools(stdout);
        return EXIT_DONE;
    default:
        break;
    }
    if (load_config(run) != 0)
        return EXIT_USAGE;
    if (run->options.action == OPTIONS_DUMP_CONFIG) {
        specs = analyst_detector_specs(&spec_count);
        return config_dump(run->config, specs, spec_count, stdout) == 0 ? EXIT_DONE
                                                                        : EXIT_IO_FAILED;
    }
    if (load_databases(run) != 0)
        return EXIT_USAGE;
    if (run->options.list != NULL || (run->options.explain != NULL && !has_input(run)))
        return answer(run);
    return begin(run);
}

/* Standard files that were closed are held by what fails when it is used, so that nothing opened
 * later takes their place: alerts would go into a state file. */
static void
hold_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* becomes fd */
}

/* What stdio could not print is a failed output. */
static int
finish_printing(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    log_failure("standard output: %s", strerror(errno));
    return status == EXIT_USAGE ? status : EXIT_IO_FAILED;
}

int
main(int argc, char **argv)
{
    struct run run = { 0 };
    int status = EXIT_USAGE;

    hold_standard_files();
    if (options_parse(&run.options, argc, argv) == 0) {
        log_set_level(run.options.quiet     ? LOG_QUIET
                      : run.options.verbose ? LOG_VERBOSE
                                            : LOG_NORMAL);
        status = finish_printing(act(&run));
    }
    if (run.outputs != NULL)
        outputs_close(run.outputs);
    analyst_close(run.analyst);
    state_close(run.state);
    resume_close(run.resume);
    watch_close(run.watch);
    geoip_close(run.geoip);
    config_free(run.config);
    options_free(&run.options);
    return status;
}
