/*
 * Sends the native core the requests given as arguments, or asks it to describe itself, and prints each answer on a line.
 *
 *   cc -Iinclude examples/describe.c -L DIR -lreseal_core -Wl,-rpath,DIR -o describe
 *   ./describe '{"op":"zero_commitment","size":2048}'
 */
#include <stdio.h>
#include <string.h>

#include "reseal_core.h"

static int32_t ask(const char *request) {
    uint8_t *answer = NULL;
    size_t length = 0;
    int32_t code = reseal_call((const uint8_t *)request, strlen(request), &answer, &length);
    printf("%.*s\n", (int)length, (const char *)answer);
    reseal_free(answer, length);
    return code;
}

int main(int argc, char **argv) {
    const char *missing = reseal_cpu_missing();
    if (missing[0] != '\0') {
        printf("this CPU lacks %s\n", missing);
        return RESEAL_UNSUPPORTED_CPU;
    }
    if (reseal_abi_version() != RESEAL_ABI_VERSION) {
        printf("the library has ABI %u, this program was compiled for %u\n", reseal_abi_version(), RESEAL_ABI_VERSION);
        return RESEAL_INVALID_REQUEST;
    }
    int32_t code = RESEAL_OK;
    if (argc == 1) {
        code = ask("{\"op\":\"describe\"}");
    }
    for (int i = 1; i < argc && code == RESEAL_OK; i++) {
        code = ask(argv[i]);
    }
    return code;
}
