/* SPDX-License-Identifier: BSD-2-Clause
 *
 * -V: the program's version and those of the libraries it runs with.
 */
#include "version.h"

#include "classify.h"
#include <pcap/pcap.h>

void
version_print(FILE *to)
{
    fprintf(to, "farmwatch %s (%s, nDPI %s)\n", FARMWATCH_VERSION, pcap_lib_version(),
        classify_version());
}
