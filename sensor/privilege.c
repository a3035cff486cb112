/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The one file that knows user ids and capabilities: what is left to the process once its devices
 * are open.
 *
 * With `sensor.run-as` the process becomes that user. Without, it keeps its uid (so that it can go
 * on writing root's files) but no capability: it could no longer open an interface, load a module
 * or change another's file.
 */
#include "privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int
become_user(const char *name, char *error, size_t error_size)
{
    const struct passwd *user = getpwnam(name);

    if (user == NULL) {
        snprintf(error, error_size, "sensor.run-as: there is no user '%s'", name);
        return -1;
    }
    if (geteuid() == user->pw_uid)
        return 0;
    if (initgroups(name, user->pw_gid) != 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0) {
        snprintf(
            error, error_size, "sensor.run-as: cannot become user '%s': %s", name, strerror(errno));
        return -1;
    }
    return 0;
}

int
privilege_drop(const char *user, char *error, size_t error_size)
{
    if (user != NULL && become_user(user, error, error_size) != 0)
        return -1;
    capng_clear(CAPNG_SELECT_BOTH);
    if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
        snprintf(error, error_size, "cannot give up capabilities: %s", strerror(errno));
        return -1;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        snprintf(error, error_size, "cannot set no-new-privileges: %s", strerror(errno));
        return -1;
    }
    return 0;
}

bool
privilege_knows_user(const char *user)
{
    return user == NULL || getpwnam(user) != NULL;
}
