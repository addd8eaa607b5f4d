/** Small files that others wrote: no larger than expected, and nothing that is not a file. */
package io.reseal.reading;
