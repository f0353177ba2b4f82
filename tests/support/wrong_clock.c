/* A clock that is as wrong as WRONG_CLOCK_SECONDS says: for whatever is loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*asked)(clockid_t, struct timespec *);
    static time_t ahead;

    if (!asked) {
        const char *told = getenv("WRONG_CLOCK_SECONDS");
        ahead = told ? atol(told) : 0;
        asked = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    }
    int failed = asked(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead;
    return failed;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec told;
    int failed = clock_gettime(CLOCK_REALTIME, &told);

    (void)zone;
    if (!failed) {
        now->tv_sec = told.tv_sec;
        now->tv_usec = told.tv_nsec / 1000;
    }
    return failed;
}

time_t time(time_t *now)
{
    struct timespec told;

    clock_gettime(CLOCK_REALTIME, &told);
    if (now)
        *now = told.tv_sec;
    return told.tv_sec;
}
