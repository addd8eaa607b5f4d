/** The workflow that rebuilds many sectors. */
package io.reseal.batch;
