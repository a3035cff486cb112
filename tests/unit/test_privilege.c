/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/privilege.c */
/* What becomes of a process that gives up what it has; each in a child of its own. */
#include "../../sensor/privilege.h"
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h> /* needs those above */

#define REFUSED 1
#define OTHER_USER 2
#define STILL_ROOT 3

/* The exit status of a child that drops to `user`, first without root when is_root is false. */
static int
drop_in_child(bool is_root, const char *user)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        const struct passwd *nobody = getpwnam("nobody");
        char error[256] = "";
        bool is_ready =
            is_root || geteuid() != 0 || (nobody != NULL && setuid(nobody->pw_uid) == 0);

        if (!is_ready || privilege_drop(user, error, sizeof error) != 0)
            _exit(REFUSED);
        if (user != NULL && getuid() != getpwnam(user)->pw_uid)
            _exit(OTHER_USER);
        _exit(setuid(0) == 0 && geteuid() == 0 && user != NULL ? STILL_ROOT : 0);
    }
    assert_int_not_equal(child, -1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
root_becomes_the_user_for_good(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(drop_in_child(true, "nobody"), 0);
    assert_int_equal(drop_in_child(true, NULL), 0);
    assert_int_equal(drop_in_child(true, "no-such-user"), REFUSED);
}

static void
who_is_not_root_becomes_nobody_else(void **state)
{
    const struct passwd *own = getpwuid(geteuid());

    (void)state;
    assert_int_equal(drop_in_child(false, "root"), REFUSED);
    assert_int_equal(drop_in_child(false, NULL), 0);
    if (geteuid() == 0)
        assert_int_equal(drop_in_child(false, "nobody"), 0);
    else if (own != NULL)
        assert_int_equal(drop_in_child(false, own->pw_name), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_becomes_the_user_for_good),
        cmocka_unit_test(who_is_not_root_becomes_nobody_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
