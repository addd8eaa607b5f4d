/* Ends the process before main if the CPU lacks features that the program was compiled for. */
#include <stdio.h>
#include <unistd.h>

const char *reseal_cpu_missing_list(void);

void reseal_cpu_guard(void) {
    const char *missing = reseal_cpu_missing_list();
    if (missing[0] != '\0') {
        printf("{\"error\":{\"code\":\"UnsupportedCpu\",\"message\":\"this CPU lacks %s, which this build of reseal-stage "
               "needs\"}}\n",
               missing);
        fflush(stdout);
        _exit(1);
    }
}
