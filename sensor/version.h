/* SPDX-License-Identifier: BSD-2-Clause
 *
 * -V: the program's version and those of the libraries it runs with.
 */
#ifndef SENSOR_VERSION_H
#define SENSOR_VERSION_H

#include <stdio.h>

void version_print(FILE *to);

#endif
