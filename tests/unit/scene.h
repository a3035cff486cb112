/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A stage for tests of the analysis: a configuration by defaults, observations by one line each,
 * and what was alerted.
 */
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include "../../sensor/activity.h"
#include "../../sensor/analyst.h"

#define SCENE_START INT64_C(1759741200000000) /* Monday 2025-10-06 09:00 UTC */
#define S INT64_C(1000000)
#define MIN (60 * S)
#define H (3600 * S)
#define DAY (24 * H)
#define SEATTLE "73.10.0.2"
#define NEW_YORK "68.40.7.7"
#define PORTLAND "24.16.0.9"
#define CHINA "60.18.0.5"
#define ASTRILL "104.140.119.7"

struct scene_alert {
    char name[32], subject[64], summary[400];
    enum config_severity severity;
    bool is_update;
    int score;
    uint64_t id, count;
    double weight; /* of a finding, from its score's table: see scene_weight */
};

extern struct config scene_config;
extern struct scene_alert scene_alerts[512];
extern unsigned scene_count;

/* A fresh configuration; change scene_config after it, then scene_open. */
void scene_reset(void);
void scene_open(void);
void scene_finish(void); /* finishes and closes */
struct analyst *scene_analyst(void);
/* A row of the roster: country "" and latitude 0 for not said. */
void scene_person(const char *account, const char *country, double latitude, double longitude);

/* Times are microseconds after SCENE_START; NULL leaves a key out. */
void scene_login(int64_t at, const char *account, const char *outside, const char *inside,
    const char *session, const char *method, const char *result);
void scene_logout(int64_t at, const char *account, const char *outside, const char *session);
void scene_session(int64_t at, enum fact_kind kind, uint64_t flow, const char *client,
    const char *server, const char *class_name, const char *app, const char *state,
    const char *controller);
void scene_name(int64_t at, const char *client, const char *what, const char *name);
/* Any other observation; values end with KEY_NONE. */
struct scene_value {
    enum fact_key key;
    const char *text;
};
void scene_sign(int64_t at, const char *client, const char *protocol, enum fact_kind kind,
    const struct scene_value *values);
/* Ten minutes of a device's flows, and of a session. */
void scene_activity(int64_t at, const char *device, const struct activity *a);
void scene_session_activity(int64_t at, uint64_t flow, const char *client, const char *server,
    const char *class_name, const struct activity *a);
void scene_app_activity(int64_t at, uint64_t flow, const char *client, const char *server,
    const char *class_name, const char *app, const struct activity *a);
/* What a session has sent by now. */
void scene_app_bytes(int64_t at, uint64_t flow, const char *client, const char *server,
    const char *class_name, const char *app, const char *bytes_out);
/* A client is so far by the clock of a layer. */
void scene_rtt(int64_t at, uint64_t flow, const char *client, const char *layer, int64_t us);
void scene_lag(int64_t at, uint64_t flow, const char *client, const char *server, int64_t count,
    int64_t p5_us);
void scene_peer(int64_t at, const char *from, const char *to, const char *how, const char *peer);

/* The last document of that name and subject (NULL = any); NULL when there is none. */
const struct scene_alert *scene_find(const char *name, const char *subject);
unsigned scene_documents(const char *name);

#endif
